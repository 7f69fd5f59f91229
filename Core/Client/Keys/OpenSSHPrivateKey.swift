import GantryCrypto

/// The file format of `ssh-keygen` (PROTOCOL.key of OpenSSH): Ed25519 keys without a passphrase.
enum OpenSSHPrivateKey {
    /// The label of the PEM block.
    static let label = "OPENSSH PRIVATE KEY"

    /// The key of the file.
    static func read(_ pem: String) throws(CryptoError) -> Ed25519PrivateKey {
        guard let block = try PEM.blocks(pem, what: "private key").first(where: { $0.label == label }) else {
            throw CryptoError(.malformed, "the private key has no block \(label)")
        }
        var fields = SSHFields(block.der)
        guard fields.bytes(magic.count) == magic, let cipher = fields.string(), fields.string() != nil,
            fields.string() != nil, fields.number() == 1, fields.string() != nil
        else { throw malformed }
        guard cipher == Array("none".utf8) else {
            throw CryptoError(.passphraseNeeded, "the private key is encrypted")
        }
        guard var secret = fields.string(), fields.isAtEnd else { throw malformed }
        defer { SecretBytes.wipe(&secret) }
        return try key(secret)
    }

    private static func key(_ secret: [UInt8]) throws(CryptoError) -> Ed25519PrivateKey {
        var fields = SSHFields(secret)
        // The two numbers are equal; under a cipher that tells a wrong passphrase.
        guard let check = fields.number(), fields.number() == check, let type = fields.string() else { throw malformed }
        guard type == Array("ssh-ed25519".utf8) else {
            throw CryptoError(
                .wrongKeyType, "a private key of OpenSSH's own format must be one of Ed25519")
        }
        guard let publicKey = fields.string(), var pair = fields.string(), pair.count == 64, fields.string() != nil,
            fields.remaining.enumerated().allSatisfy({ $0.element == UInt8(truncatingIfNeeded: $0.offset + 1) })
        else { throw malformed }
        defer { SecretBytes.wipe(&pair) }
        let key = try Ed25519PrivateKey(raw: Array(pair.prefix(32)))
        guard try key.publicKey().raw() == publicKey else {
            throw CryptoError(.keyMismatch, "the halves of the private key do not belong together")
        }
        return key
    }

    private static let magic = Array("openssh-key-v1\0".utf8)
    private static var malformed: CryptoError { CryptoError(.malformed, "the private key is malformed") }
}
