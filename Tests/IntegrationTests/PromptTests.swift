import Glibc
import Testing

/// Prompts of the real program at a terminal.
@Suite(.timeLimit(.minutes(2))) struct PromptTests {
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `a terminal shows again what is typed when a prompt is interrupted`(signal: Int32) async throws {
        try await CommandUser.run { alice, _ in
            let terminal = try Terminal()
            let login = try Child(
                ["sh", "-c", "exec \"$0\" login <&3 3<&-", Child.gantry],
                environment: ["HOME": alice.home.path, "USER": "alice", "GANTRY_SERVER": alice.server],
                descriptors: [terminal.inside])
            _ = try await login.errors.first("the prompt") { $0.contains("password of alice") ? true : nil }
            #expect(!terminal.showsWhatIsTyped)
            login.signal(signal)
            #expect(try await login.end() == 128 + signal)
            #expect(terminal.showsWhatIsTyped)
            #expect(login.errors.value.hasSuffix(": \n"), "what comes next has a line of its own")
        }
    }

    @Test func `a signal that is ignored stays so`() async throws {
        try await CommandUser.run { alice, _ in
            let terminal = try Terminal()
            let login = try Child(
                ["sh", "-c", "trap '' HUP; exec \"$0\" login <&3 3<&-", Child.gantry],
                environment: ["HOME": alice.home.path, "USER": "alice", "GANTRY_SERVER": alice.server],
                descriptors: [terminal.inside])
            _ = try await login.errors.first("the prompt") { $0.contains("password of alice") ? true : nil }
            login.signal(SIGHUP)
            terminal.type(CommandUser.password + "\n")
            #expect(try await login.end() == 0)
            #expect(terminal.showsWhatIsTyped)
        }
    }

    @Test func `a new password that is refused is asked for again, and the one-time password is not`() async throws {
        try await ServerUnderTest.run { server in
            let home = TemporaryFolder()
            let oneTime = try await server.oneTimePassword()
            let terminal = try Terminal()
            let login = try Child(
                ["sh", "-c", "exec \"$0\" login --no-key <&3 3<&-", Child.gantry],
                environment: ["HOME": home.path, "USER": "admin", "GANTRY_SERVER": try server.url],
                descriptors: [terminal.inside])
            let rule = "new password (at least 8 characters): "
            // What is shown next, by what is typed before it.
            for (next, typed) in [
                ("password of admin at \(try server.url): ", oneTime), (rule, "short"),
                ("new password again: ", "short"),
                ("a password has at least 8 characters; try again\n" + rule, CommandUser.password),
                ("new password again: ", "another"),
                ("the two passwords differ; try again\n" + rule, CommandUser.password),
                ("new password again: ", CommandUser.password),
            ] {
                _ = try await login.errors.first(next) { $0.hasSuffix(next) ? true : nil }
                terminal.type(typed + "\n")
            }
            #expect(try await login.end() == 0, "\(login.errors.value)")
            #expect(login.errors.value.split(separator: "password of admin").count == 2)
        }
    }
}

/// A pseudo-terminal.
private final class Terminal {
    let outside: Int32
    let inside: Int32

    init() throws {
        // The functions for pseudo-terminals are not in the C module; these are the calls below them.
        let (getNumber, setLock) = (UInt(0x8004_5430), UInt(0x4004_5431))
        outside = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(outside >= 0)
        var (number, lock) = (Int32(0), Int32(0))
        _ = unsafe ioctl(outside, setLock, &lock)
        _ = unsafe ioctl(outside, getNumber, &number)
        inside = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(inside >= 0)
    }

    deinit {
        close(inside)
        close(outside)
    }

    var showsWhatIsTyped: Bool {
        var settings = termios()
        return unsafe tcgetattr(inside, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe write(outside, bytes, bytes.count)
    }
}
