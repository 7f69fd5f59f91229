internal import CLibUV
internal import Glibc

/// Tells the service manager how the service is doing (`sd_notify(3)`).
package struct SystemdNotifier: Sendable, Hashable {
    /// What can be told.
    package enum State: Sendable, Hashable {
        case ready
        /// A reload has begun; `ready` ends it.
        case reloading
        case stopping
        /// Still alive, for `WatchdogSec=`.
        case watchdog
        /// One line for `systemctl status`.
        case status(String)
        /// The service goes on in this process.
        case mainProcess(Int32)
    }

    private let address: SocketAddress

    /// From `NOTIFY_SOCKET`; nil when there is no manager to tell. Throws when the variable is no socket address.
    package init?(environment: [String: String]) throws(LoopError) {
        guard let path = environment["NOTIFY_SOCKET"], !path.isEmpty else { return nil }
        guard path.hasPrefix("/") || path.hasPrefix("@"), let address = SocketAddress(unixPath: path) else {
            throw LoopError(.invalidArgument, "notify", "NOTIFY_SOCKET=\(path)")
        }
        self.address = address
    }

    /// Sends one message with all of these; it does not wait for the manager.
    package func send(_ states: State...) throws(LoopError) {
        let message = Array(states.map(Self.text).joined(separator: "\n").utf8)
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw LoopError.last("notify", address.description) }
        defer { _ = Glibc.close(descriptor) }
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        let sent = unsafe address.withNative { native, length in
            unsafe message.withUnsafeBytes { bytes in
                unsafe sendto(descriptor, bytes.baseAddress, bytes.count, flags, native, length)
            }
        }
        guard sent == message.count else { throw LoopError.last("notify", address.description) }
    }

    private static func text(_ state: State) -> String {
        switch state {
        case .ready: "READY=1"
        case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds())"
        case .stopping: "STOPPING=1"
        case .watchdog: "WATCHDOG=1"
        case .status(let line): "STATUS=" + line.map { $0.isNewline ? " " : String($0) }.joined()
        case .mainProcess(let pid): "MAINPID=\(pid)"
        }
    }

    private static func monotonicMicroseconds() -> Int64 {
        var time = timespec()
        // The clock exists on every Linux; the call cannot fail.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
