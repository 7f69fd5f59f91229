import GantryBytes
import TestSupport
import Testing

@testable import GantryIdentity

@Suite struct LoginMessageTests {
    static let server = "SHA256:" + Base64.encode([UInt8](repeating: 7, count: 32), padded: false)
    static let key = "SHA256:" + Base64.encode([UInt8](repeating: 0xFB, count: 32), padded: false)
    static let login = """
        gantry-login-v1
        server SHA256:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc
        user alice
        key SHA256:+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s
        client-nonce AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE
        server-nonce _____________________________________________w
        time 1764554775000

        """.replacing("_____________________________________________w", with: String(repeating: "_", count: 42) + "8")

    @Test func `a login has the text that both sides sign`() throws {
        let message = try Self.message()
        #expect(message.text == Self.login)
        #expect(message.serverPayload == Array("gantry-server-signature\n\(Self.login)".utf8))
        #expect(message.clientPayload == Array("gantry-client-signature\n\(Self.login)".utf8))
        #expect(message.serverPayload != message.clientPayload)
        #expect(try LoginMessage(parsing: Self.login) == message)
    }

    @Test func `a proof of the server names nobody`() throws {
        let message = try Self.message(purpose: .server, user: "-", key: "-")
        #expect(message.text.hasPrefix("gantry-server-v1\nserver SHA256:"))
        #expect(message.text.contains("\nuser -\nkey -\n"))
        #expect(try LoginMessage(parsing: message.text) == message)
    }

    @Test(arguments: [
        "alice", "Mary Ann", "müller", "e\u{301}", "a key x", "\u{1F642}", "/", String(repeating: "x", count: 255),
    ])
    func `any one-line name is carried as it is`(user: String) throws {
        let message = try Self.message(user: user)
        #expect(try Array(LoginMessage(parsing: message.text).user.utf8) == Array(user.utf8))
    }

    @Test(arguments: [
        "", "-", "a\nb", "a\rb", "a\r\nb", "a\0", "a\u{2028}b", "\u{202E}a", String(repeating: "x", count: 256),
    ])
    func `a name of two lines is impossible`(user: String) {
        let error = #expect(throws: IdentityError.self) { try Self.message(user: user) }
        #expect(error?.message == "this is no login message: the user's name is not one line of text")
        #expect(throws: IdentityError.self) { try LoginMessage(parsing: Self.login.replacing("alice", with: user)) }
    }

    @Test func `parts that cannot be are refused`() {
        #expect(throws: IdentityError.self) { try Self.message(server: "SHA256:short") }
        #expect(throws: IdentityError.self) { try Self.message(server: Self.server + "=") }
        #expect(throws: IdentityError.self) { try Self.message(server: "sha256:" + Self.server.dropFirst(7)) }
        #expect(throws: IdentityError.self) { try Self.message(server: "-") }
        #expect(throws: IdentityError.self) { try Self.message(key: "-") }
        #expect(throws: IdentityError.self) { try Self.message(key: Self.key + "\n") }
        #expect(throws: IdentityError.self) { try Self.message(purpose: .server) }
        #expect(throws: IdentityError.self) { try Self.message(purpose: .server, user: "-") }
        #expect(throws: IdentityError.self) { try Self.message(clientNonce: []) }
        #expect(throws: IdentityError.self) { try Self.message(clientNonce: [UInt8](repeating: 1, count: 33)) }
        #expect(throws: IdentityError.self) { try Self.message(time: -1) }
    }

    @Test(arguments: [
        ("gantry-login-v1", "gantry-login-v2"), ("gantry-login-v1", "gantry-server-v1"),
        ("gantry-login-v1", " gantry-login-v1"),
        ("user alice", "user  alice\nuser bob"), ("user alice\n", ""), ("user alice", "User alice"),
        ("user alice", "useralice"),
        ("user alice\n", "user alice\r\n"), ("time 1764554775000", "time +1764554775000"),
        ("time 1764554775000", "time 01764554775000"),
        ("time 1764554775000", "time 1764554775000 "), ("time 1764554775000", "time 99999999999999999999"),
        ("time 1764554775000", "time "),
        ("time 1764554775000\n", "time 1764554775000"), ("time 1764554775000\n", "time 1764554775000\n\n"),
        ("AQE\n", "AQF\n"), ("AQE\n", "AQE=\n"), ("AQE\n", "AQ\n"), ("client-nonce AQ", "client-nonce A+"),
        ("+/s", "-_s"),
        ("key SHA256:", "key MD5:"), ("server SHA256:", "server\tSHA256:"),
    ])
    func `a text that is not exactly one is refused`(part: String, other: String) {
        #expect(Self.login.contains(part))
        let error = #expect(throws: IdentityError.self) {
            try LoginMessage(parsing: Self.login.replacing(part, with: other))
        }
        #expect(error?.code == .invalid)
    }

    @Test func `empty and huge texts are refused`() {
        #expect(throws: IdentityError.self) { try LoginMessage(parsing: "") }
        let error = #expect(throws: IdentityError.self) {
            try LoginMessage(parsing: String(repeating: "\n", count: 1_000_000))
        }
        #expect(error?.message == "this is no login message: it has more than 1024 bytes")
    }

    @Test func `what is read is written the same, whatever is changed`() {
        var random = SeededRandom(seed: 11)
        let bytes = Array(Self.login.utf8)
        var read = 0
        for _ in 0..<20_000 {
            var changed = bytes
            changed[Int.random(in: bytes.indices, using: &random)] = UInt8(truncatingIfNeeded: random.next() & 0x7F)
            let text = String(decoding: changed, as: UTF8.self)
            // Most changes break the message; the others must be kept.
            guard let message = try? LoginMessage(parsing: text) else { continue }
            read += 1
            #expect(Array(message.text.utf8) == changed)
        }
        #expect((1_000..<19_999).contains(read))
    }

    static func message(
        purpose: LoginMessage.Purpose = .login, server: String = server, user: String = "alice", key: String = key,
        clientNonce: [UInt8] = [UInt8](repeating: 1, count: 32), time: Int64 = 1_764_554_775_000
    ) throws -> LoginMessage {
        try LoginMessage(
            purpose: purpose, server: server, user: user, key: key, clientNonce: clientNonce,
            serverNonce: [UInt8](repeating: 0xFF, count: 32), time: time)
    }
}
