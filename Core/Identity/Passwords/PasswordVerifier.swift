import GantryBytes
package import GantryCrypto

/// A password as text that its user knows, reduced to what the server works with: the lower-case hexadecimal digits of
/// its SHA-512. Clients of older servers send those digits instead of the password, so that one verifier serves both.
package struct PasswordProof: Sendable {
    /// The longest password, in bytes.
    package static let bytesMax = 4096

    let digits: [UInt8]

    /// Of the password itself.
    package init(password: String) throws(IdentityError) {
        let bytes = Array(password.utf8)
        guard bytes.count <= Self.bytesMax else {
            throw IdentityError(.invalid, "a password has at most \(Self.bytesMax) bytes")
        }
        digits = Array(Hex.encode(Digest.sha512(bytes)).utf8)
    }

    /// Of what an older client sends: 128 hexadecimal digits, in any case.
    package init(sha512Digits text: String) throws(IdentityError) {
        guard text.utf8.count == 128, let hash = Hex.decode(text) else {
            throw IdentityError(.invalid, "a password hash has 128 hexadecimal digits")
        }
        digits = Array(Hex.encode(hash).utf8)
    }
}

/// What the store keeps of a password: scrypt over a `PasswordProof`, with a salt and a cost of its own.
package struct PasswordVerifier: Sendable, Equatable {
    package static let saltBytes = 16
    package static let verifierBytes = 32

    package let salt: [UInt8]
    package let cost: Scrypt.Cost
    package let verifier: [UInt8]

    package init(salt: [UInt8], cost: Scrypt.Cost, verifier: [UInt8]) {
        self.salt = salt
        self.cost = cost
        self.verifier = verifier
    }

    /// Makes a verifier with a new salt. Blocks for as long as the cost says.
    package init(_ proof: PasswordProof, cost: Scrypt.Cost) throws(CryptoError) {
        salt = SecureRandom.bytes(Self.saltBytes)
        self.cost = cost
        verifier = try Scrypt.derive(password: proof.digits, salt: salt, cost: cost, count: Self.verifierBytes)
    }

    /// Whether this is the password. Blocks for as long as the cost says.
    package func accepts(_ proof: PasswordProof) throws(CryptoError) -> Bool {
        let derived = try Scrypt.derive(password: proof.digits, salt: salt, cost: cost, count: Self.verifierBytes)
        return constantTimeEquals(derived, verifier)
    }
}
