import GantryBytes
import GantryCrypto
import GantryIdentity
import Testing

@testable import GantryClient

@Suite(.timeLimit(.minutes(1))) struct LoginKeyTests {
    private static func keygen(_ folder: TestFolder, _ name: String, _ words: String...) throws -> String {
        try TestFolder.run(["ssh-keygen", "-q", "-f", folder.path(name), "-C", "alice@laptop"] + words)
        return folder.path(name)
    }

    /// As ssh-keygen prints it: bits, fingerprint, comment, type.
    private static func fingerprint(_ path: String) throws -> String {
        String(try TestFolder.run(["ssh-keygen", "-l", "-f", path]).split(separator: " ")[1])
    }

    private static func message(_ key: LoginKey) throws -> LoginMessage {
        try LoginMessage(
            purpose: .login, server: key.fingerprint, user: "alice", key: key.fingerprint,
            clientNonce: SecureRandom.bytes(32), serverNonce: SecureRandom.bytes(32), time: 1)
    }

    @Test func `a key of ssh-keygen signs`() throws {
        let folder = try TestFolder()
        let path = try Self.keygen(folder, "id", "-t", "ed25519", "-N", "")
        let key = try #require(try LoginKey.read(path))
        #expect(key.type == "ed25519")
        #expect(try key.fingerprint == Self.fingerprint(path))
        let line = try TestFolder.run(["cat", path + ".pub"])
        #expect(line == key.publicText + " alice@laptop\n")
        let message = try Self.message(key)
        let answer = try key.answer(message, encryptedSecret: nil)
        #expect(try Ed25519PublicKey(openSSH: line).isValid(answer, for: message.clientPayload))
    }

    @Test(arguments: ["PEM", "PKCS8"]) func `an RSA key decrypts and answers`(format: String) throws {
        let folder = try TestFolder()
        let path = try Self.keygen(folder, "id", "-t", "rsa", "-b", "3072", "-m", format, "-N", "")
        let key = try #require(try LoginKey.read(path))
        #expect(key.type == "rsa")
        #expect(try key.fingerprint == Self.fingerprint(path))
        let secret = SecureRandom.bytes(32)
        let encrypted = try RSAPublicKey(UserKey(text: key.publicText).publicKey).encrypt(secret, oaep: .sha256)
        let message = try Self.message(key)
        let answer = try key.answer(message, encryptedSecret: encrypted)
        #expect(answer == MessageAuthentication.code(for: Array(message.text.utf8), key: secret))
        // What a server sends that does not know the key.
        #expect(try key.answer(message, encryptedSecret: SecureRandom.bytes(512)).count == 32)
        #expect(try key.answer(message, encryptedSecret: nil).count == 32)
    }

    static let unusable: [([String], String, String?)] = [
        (["-t", "ed25519", "-N", "secret"], "is encrypted", "ssh-add"),
        (["-t", "rsa", "-b", "2048", "-N", ""], "must be one of Ed25519", "keys of Ed25519 and RSA"),
        (["-t", "ecdsa", "-m", "PEM", "-N", ""], "it is a key of ECDSA P-256", "keys of Ed25519 and RSA"),
        (["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "secret"], "", "ssh-add"),
        (["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", ""], "an RSA key has 3072 to", nil),
    ]

    @Test(arguments: unusable)
    func `a key that cannot be used says why`(words: [String], message: String, hint: String?) throws {
        let folder = try TestFolder()
        try TestFolder.run(["ssh-keygen", "-q", "-f", folder.path("id")] + words)
        let error = #expect(throws: ClientError.self) { try LoginKey.read(folder.path("id")) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(hint.map { error?.hint?.contains($0) == true } ?? (error?.hint == nil))
        #expect(error?.message.contains(folder.path("id")) == true)
    }

    @Test func `a file that others may read is refused, one that is missing is none`() throws {
        let folder = try TestFolder()
        let path = try Self.keygen(folder, "id", "-t", "ed25519", "-N", "")
        #expect(try LoginKey.read(path + "x") == nil)
        try TestFolder.run(["chmod", "644", path])
        let error = #expect(throws: ClientError.self) { try LoginKey.read(path) }
        #expect(error?.message.contains("can be read by others") == true)
    }

    @Test func `a damaged key of OpenSSH's format is refused wherever it is damaged`() throws {
        let folder = try TestFolder()
        let path = try Self.keygen(folder, "id", "-t", "ed25519", "-N", "")
        let block = try #require(try PEM.blocks(try TestFolder.run(["cat", path])).first)
        for count in stride(from: 3, to: block.der.count, by: 3) {
            let cut = try PEM.encode(label: block.label, der: Array(block.der.prefix(count)))
            #expect(throws: CryptoError.self) { try OpenSSHPrivateKey.read(cut) }
        }
        var other = block.der
        // The first byte of the public half inside of the secret part: magic, ciphers, count, public key, numbers.
        let place = other.count - 5 - 12 - 4 - 64 - 4 - 32
        other[place] ^= 1
        let text = try PEM.encode(label: block.label, der: other)
        #expect(throws: CryptoError.self) { try OpenSSHPrivateKey.read(text) }
    }

    @Test func `this machine's key is made once, also by two logins at the same time`() async throws {
        let folder = try TestFolder()
        let config = folder.config
        #expect(try DeviceKey.read(in: config) == nil)
        let prints = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 1...8 {
                group.addTask { try DeviceKey.readOrMake(in: config, comment: "alice@laptop").fingerprint }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(prints.count == 1)
        #expect(folder.mode(DeviceKey.path(in: config)) == 0o600)
        let line = try TestFolder.run(["cat", DeviceKey.publicPath(in: config)])
        #expect(line.hasSuffix(" alice@laptop\n"))
        #expect(try Self.fingerprint(DeviceKey.publicPath(in: config)) == prints.first)
    }
}
