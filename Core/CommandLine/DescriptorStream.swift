import Glibc

/// Standard input, output or error as the process was given them; stateless, calls block.
package struct DescriptorStream: CommandOutput, CommandInput {
    private let descriptor: Int32

    package static let standardInput = DescriptorStream(descriptor: 0)
    package static let standardOutput = DescriptorStream(descriptor: 1)
    package static let standardError = DescriptorStream(descriptor: 2)

    package init(descriptor: Int32) { self.descriptor = descriptor }

    package func write(_ bytes: [UInt8]) throws(CommandStreamError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { raw in
                unsafe Glibc.write(descriptor, raw.baseAddress.map { unsafe $0 + done }, raw.count - done)
            }
            if count >= 0 {
                done += count
            } else {
                try retryOrThrow(POLLOUT)
            }
        }
    }

    package func read(_ countMax: Int) throws(CommandStreamError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: countMax)
        while true {
            let count = unsafe Glibc.read(descriptor, &bytes, countMax)
            if count >= 0 { return Array(bytes[..<count]) }
            try retryOrThrow(POLLIN)
        }
    }

    package var isTerminal: Bool { isatty(descriptor) == 1 }

    package var columns: Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    package func setEcho(_ isOn: Bool) {
        var settings = termios()
        guard unsafe tcgetattr(descriptor, &settings) == 0 else { return }
        let echo = tcflag_t(ECHO)
        settings.c_lflag = isOn ? settings.c_lflag | echo : settings.c_lflag & ~echo
        if !isOn { EchoRescue.begin(descriptor) }
        _ = unsafe tcsetattr(descriptor, TCSAFLUSH, &settings)
        if isOn { EchoRescue.end() }
    }

    /// An interrupted call is made again; one on a descriptor in non-blocking mode (inherited from a parent) waits.
    private func retryOrThrow(_ event: Int32) throws(CommandStreamError) {
        let code = errno
        switch code {
        case EINTR: return
        case EAGAIN:
            var request = pollfd(fd: descriptor, events: Int16(event), revents: 0)
            _ = unsafe poll(&request, 1, -1)
        default:
            var words = [CChar](repeating: 0, count: 128)
            let isKnown = unsafe strerror_r(code, &words, words.count) == 0
            let reason = String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw CommandStreamError(code: code, reason: isKnown ? reason : "error \(code)")
        }
    }
}
