package import GantryBytes

/// Fernet tokens: AES-128-CBC and HMAC-SHA256 under one key of 32 bytes, as text.
/// The key material is wiped when the last owner goes.
// SAFETY: the keys are never changed between `init` and `deinit`.
@safe package final class Fernet: @unchecked Sendable {
    private static let version: UInt8 = 0x80
    /// Version, time and vector before the ciphertext.
    private static let headBytes = 1 + 8 + AESCBC.blockBytes
    private static let codeBytes = 32
    /// The longest token text that is opened; its holder decides on less.
    package static let tokenBytesMax = 64 << 20

    private var signingKey: [UInt8]
    private var encryptionKey: [UInt8]

    /// The first 16 bytes sign, the last 16 encrypt.
    package init(key: [UInt8]) throws(CryptoError) {
        guard key.count == 32 else {
            throw CryptoError(.keySize, "a Fernet key has 32 bytes, not \(key.count)")
        }
        signingKey = Array(key[..<16])
        encryptionKey = Array(key[16...])
    }

    /// Takes the usual text form of a key: URL-safe base 64, padded.
    package convenience init(text: String) throws(CryptoError) {
        guard var key = Base64.decode(text, alphabet: .url) else {
            throw CryptoError(.malformed, "a Fernet key is URL-safe base 64 of 32 bytes")
        }
        defer { SecretBytes.wipe(&key) }
        try self.init(key: key)
    }

    deinit {
        SecretBytes.wipe(&signingKey)
        SecretBytes.wipe(&encryptionKey)
    }

    /// A new random key in its text form.
    package static func newKeyText() -> String {
        var key = SecureRandom.bytes(32)
        defer { SecretBytes.wipe(&key) }
        return Base64.encode(key, alphabet: .url)
    }

    /// Makes a token. The vector is random unless given; a given one is for reproducing known tokens only.
    package func seal(_ plaintext: [UInt8], at time: UnixTime, vector: [UInt8]? = nil) throws(CryptoError) -> String {
        let vector = vector ?? SecureRandom.bytes(AESCBC.blockBytes)
        let ciphertext = try AESCBC.encrypt(plaintext.span, key: encryptionKey, vector: vector)
        var token: [UInt8] = []
        token.reserveCapacity(Self.headBytes + ciphertext.count + Self.codeBytes)
        token.append(Self.version)
        let seconds = UInt64(bitPattern: time.seconds)
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            token.append(UInt8(truncatingIfNeeded: seconds >> shift))
        }
        token += vector
        token += ciphertext
        token += MessageAuthentication.code(for: token, key: signingKey)
        return Base64.encode(token, alphabet: .url)
    }

    /// What a token holds.
    package struct Opened: Sendable, Hashable {
        package let plaintext: [UInt8]
        /// When its maker says that it was made. No age is refused here.
        package let time: UnixTime
    }

    /// Opens a token; the code is checked before anything is decrypted. Whatever is wrong, it is the same error.
    package func open(_ token: String) throws(CryptoError) -> Opened {
        guard token.utf8.count <= Self.tokenBytesMax else {
            throw CryptoError(.tooLarge, "the Fernet token is longer than \(Self.tokenBytesMax) bytes")
        }
        guard let token = Base64.decode(token, alphabet: .url),
            token.count >= Self.headBytes + AESCBC.blockBytes + Self.codeBytes, token[0] == Self.version
        else { throw Self.invalid }
        let signed = token.span.extracting(first: token.count - Self.codeBytes)
        let code = Array(token.suffix(Self.codeBytes))
        guard MessageAuthentication.isValid(code, for: signed, key: signingKey) else { throw Self.invalid }
        let seconds = token[1..<9].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let vector = Array(token[9..<Self.headBytes])
        do throws(CryptoError) {
            let plaintext = try AESCBC.decrypt(
                signed.extracting(droppingFirst: Self.headBytes), key: encryptionKey, vector: vector)
            return Opened(plaintext: plaintext, time: Self.time(seconds: seconds))
        } catch { throw Self.invalid }
    }

    /// A time that milliseconds cannot hold becomes the last one that they can.
    private static func time(seconds: UInt64) -> UnixTime {
        UnixTime(seconds: Int64(min(seconds, UInt64(Int64.max / 1000))))
    }

    private static var invalid: CryptoError { CryptoError(.verificationFailed, "the Fernet token is not valid") }
}
