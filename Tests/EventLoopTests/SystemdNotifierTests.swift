import GantryEventLoop
import Glibc
import Testing

@Suite struct SystemdNotifierTests {
    /// What the manager's socket receives next.
    private func message(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = unsafe recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    @Test func statesReachTheManager() async throws {
        try await withTemporaryDirectory { directory in
            let manager = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            defer { close(manager) }
            try bindUnix(manager, "\(directory)/notify")
            let notifier = try #require(try SystemdNotifier(environment: ["NOTIFY_SOCKET": "\(directory)/notify"]))
            try notifier.send(.ready, .status("serving\non 80"))
            #expect(message(manager) == "READY=1\nSTATUS=serving on 80")
            try notifier.send(.stopping)
            #expect(message(manager) == "STOPPING=1")
            try notifier.send(.reloading)
            #expect(message(manager).hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
            try notifier.send(.watchdog, .mainProcess(5))
            #expect(message(manager) == "WATCHDOG=1\nMAINPID=5")
        }
    }

    @Test func abstractSocketsAreReached() throws {
        let name = "gantry-notify-\(getpid())"
        let manager = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(manager) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: [0] + Array(name.utf8)) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
        let result = unsafe withUnsafePointer(to: &address) {
            unsafe bind(manager, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), length)
        }
        try #require(result == 0)
        try #require(try SystemdNotifier(environment: ["NOTIFY_SOCKET": "@\(name)"])).send(.ready)
        #expect(message(manager) == "READY=1")
    }

    @Test func withoutAManagerThereIsNoNotifier() throws {
        #expect(try SystemdNotifier(environment: [:]) == nil)
        #expect(throws: LoopError.self) { _ = try SystemdNotifier(environment: ["NOTIFY_SOCKET": "vsock:2:1"]) }
    }

    @Test func aManagerThatIsGoneIsAnError() throws {
        let notifier = try #require(try SystemdNotifier(environment: ["NOTIFY_SOCKET": "/nonexistent/notify"]))
        #expect(throws: LoopError.self) { try notifier.send(.ready) }
    }
}
