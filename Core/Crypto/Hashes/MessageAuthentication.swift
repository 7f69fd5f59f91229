import COpenSSL
import GantryBytes

/// HMAC (RFC 2104) of whole messages.
package enum MessageAuthentication {
    /// The code of `message` under `key`; any key length, also none.
    package static func code(
        for message: Span<UInt8>, key: [UInt8], _ algorithm: DigestAlgorithm = .sha256
    ) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: algorithm.byteCount)
        unsafe key.span.withPointer { key, keyCount in
            unsafe message.withPointer { message, count in
                let result = unsafe HMAC(algorithm.implementation, key, CInt(keyCount), message, count, &code, nil)
                // Like the digests it is made of, it cannot fail but for lack of memory.
                unsafe precondition(result != nil, "HMAC failed")
            }
        }
        return code
    }

    /// The code of `message` under `key`.
    package static func code(
        for message: [UInt8], key: [UInt8], _ algorithm: DigestAlgorithm = .sha256
    ) -> [UInt8] {
        code(for: message.span, key: key, algorithm)
    }

    /// Whether `code` is the whole code of `message`; takes the same time wherever they differ.
    package static func isValid(
        _ code: [UInt8], for message: Span<UInt8>, key: [UInt8], _ algorithm: DigestAlgorithm = .sha256
    ) -> Bool {
        let expected = self.code(for: message, key: key, algorithm)
        return constantTimeEquals(expected, code)
    }

    /// Whether `code` is the whole code of `message`.
    package static func isValid(
        _ code: [UInt8], for message: [UInt8], key: [UInt8], _ algorithm: DigestAlgorithm = .sha256
    ) -> Bool {
        isValid(code, for: message.span, key: key, algorithm)
    }
}
