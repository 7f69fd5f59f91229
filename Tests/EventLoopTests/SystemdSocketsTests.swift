import GantryEventLoop
import Glibc
import Testing

@Suite struct SystemdSocketsTests {
    @Test func passedSocketsHaveTheirNames() throws {
        let environment = ["LISTEN_PID": "77", "LISTEN_FDS": "3", "LISTEN_FDNAMES": "web::admin"]
        #expect(
            try SystemdSockets.inherited(environment: environment, pid: 77) == [
                .init(descriptor: 3, name: "web"), .init(descriptor: 4, name: "unknown"),
                .init(descriptor: 5, name: "admin"),
            ])
    }

    @Test(arguments: [
        [:], ["LISTEN_FDS": "1"], ["LISTEN_PID": "77"], ["LISTEN_PID": "78", "LISTEN_FDS": "1"],
        ["LISTEN_PID": "77", "LISTEN_FDS": "0"], ["LISTEN_PID": "77", "LISTEN_FDS": "0", "LISTEN_FDNAMES": ""],
    ])
    func nothingIsPassed(_ environment: [String: String]) throws {
        #expect(try SystemdSockets.inherited(environment: environment, pid: 77).isEmpty)
    }

    @Test func namesAreOptional() throws {
        let environment = ["LISTEN_PID": "77", "LISTEN_FDS": "1"]
        #expect(try SystemdSockets.inherited(environment: environment, pid: 77).map(\.name) == ["unknown"])
    }

    @Test(arguments: [
        ["LISTEN_PID": "x", "LISTEN_FDS": "1"], ["LISTEN_PID": "77", "LISTEN_FDS": "-1"],
        ["LISTEN_PID": "77", "LISTEN_FDS": "257"], ["LISTEN_PID": "77", "LISTEN_FDS": "x"],
        ["LISTEN_PID": "77", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "one"],
    ])
    func contradictionsAreErrors(_ environment: [String: String]) {
        #expect(throws: LoopError.self) { try SystemdSockets.inherited(environment: environment, pid: 77) }
    }

    @Test func passedSocketsAreKeptFromChildren() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        try SystemdSockets.protect([.init(descriptor: descriptor, name: "web")])
        #expect(fcntl(descriptor, F_GETFD) == FD_CLOEXEC)
        #expect(throws: LoopError.self) { try SystemdSockets.protect([.init(descriptor: 9999, name: "web")]) }
    }
}
