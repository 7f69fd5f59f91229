import Glibc
import Synchronization

/// Switches a terminal's echo on again when a signal ends or stops the program while it is off.
///
/// Not every shell does that by itself: the user would type blindly from then on. One terminal at a time, since the
/// prompts of a process follow each other. Signals that are ignored or have a handler already are left alone.
enum EchoRescue {
    private static let taken = Mutex<[Int32]>([])

    /// Watches over this terminal until ``end()``.
    static func begin(_ descriptor: Int32) {
        end()
        terminal.store(descriptor, ordering: .releasing)
        var action = sigaction()
        action.__sigaction_handler = .init(sa_handler: rescueEcho)
        // A program in the background may restore its terminal too.
        unsafe sigaddset(&action.sa_mask, SIGTTOU)
        for number in [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP] {
            var present = sigaction()
            guard unsafe sigaction(number, nil, &present) == 0,
                unsafe present.__sigaction_handler.sa_handler == nil, unsafe sigaction(number, &action, nil) == 0
            else { continue }
            taken.withLock { $0.append(number) }
        }
    }

    static func end() {
        taken.withLock { numbers in
            for number in numbers { _ = signal(number, SIG_DFL) }
            numbers = []
        }
    }
}

/// The terminal whose echo is off. The handler calls only what is safe in one.
private let terminal = Atomic<Int32>(-1)

private func switchEcho(_ isOn: Bool) {
    let descriptor = terminal.load(ordering: .acquiring)
    var settings = termios()
    guard unsafe tcgetattr(descriptor, &settings) == 0 else { return }
    if isOn { settings.c_lflag |= tcflag_t(ECHO) } else { settings.c_lflag &= ~tcflag_t(ECHO) }
    _ = unsafe tcsetattr(descriptor, TCSANOW, &settings)
}

private func rescueEcho(_ number: Int32) {
    let code = errno
    switchEcho(true)
    if number == SIGTSTP {
        kill(getpid(), SIGSTOP)
        // The program goes on, and with it the prompt.
        switchEcho(false)
    } else {
        // What comes next begins a line of its own.
        var lineFeed = UInt8(ascii: "\n")
        _ = unsafe write(STDERR_FILENO, &lineFeed, 1)
        // It ends the program when this function returns.
        _ = signal(number, SIG_DFL)
        raise(number)
    }
    errno = code
}
