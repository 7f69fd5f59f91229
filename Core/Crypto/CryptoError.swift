/// Why a cryptographic operation failed, in words for the operator.
package struct CryptoError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is. The set is open: other files of this module and later versions add members.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        package let name: String

        package init(_ name: String) {
            self.name = name
        }

        package var description: String { name }
    }

    package let code: Code
    /// What was being done, and what was wrong with it.
    package let context: String
    /// What OpenSSL had to say, oldest first; empty when the failure was found by our own checks.
    package let reasons: [String]

    /// A failure found by our own checks; OpenSSL's queue is emptied all the same.
    package init(_ code: Code, _ context: String) {
        OpenSSLErrors.clear()
        self.code = code
        self.context = context
        self.reasons = []
    }

    private init(_ code: Code, _ context: String, reasons: [String]) {
        self.code = code
        self.context = context
        self.reasons = reasons
    }

    /// A failure reported by OpenSSL: takes the calling thread's error queue with it.
    package static func openSSL(_ code: Code, _ context: String) -> CryptoError {
        CryptoError(code, context, reasons: OpenSSLErrors.drain())
    }

    package var description: String {
        reasons.isEmpty ? context : "\(context): \(reasons.joined(separator: "; "))"
    }
}

extension CryptoError.Code {
    /// Text or DER that is not what it should be.
    package static let malformed = Self("malformed")
    /// A well-formed key of a kind that does not fit here.
    package static let wrongKeyType = Self("wrong-key-type")
    /// A key outside the permitted sizes.
    package static let keySize = Self("key-size")
    /// A key whose numbers do not belong together, or a certificate and a key that do not.
    package static let keyMismatch = Self("key-mismatch")
    /// The key is encrypted and no passphrase was given.
    package static let passphraseNeeded = Self("passphrase-needed")
    /// The passphrase does not open the key.
    package static let wrongPassphrase = Self("wrong-passphrase")
    /// Ciphertext that does not decrypt with this key; the reason is withheld on purpose.
    package static let decryptionFailed = Self("decryption-failed")
    /// A signature or an authentication code that does not match.
    package static let verificationFailed = Self("verification-failed")
    /// An argument outside its documented range.
    package static let invalidArgument = Self("invalid-argument")
    /// Input larger than a named limit.
    package static let tooLarge = Self("too-large")
    /// OpenSSL lacks an algorithm, or could not do what it always does (out of memory).
    package static let unavailable = Self("unavailable")
}
