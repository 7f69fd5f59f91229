import COpenSSL

/// The hash functions for new uses and for the protocols served.
package enum DigestAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// Only where a protocol demands it, and only where collisions do no harm (OAEP, fingerprints of old clients).
    case sha1 = "SHA1"
    case sha256 = "SHA256"
    case sha384 = "SHA384"
    case sha512 = "SHA512"

    /// The length of a digest.
    package var byteCount: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// OpenSSL's implementation, looked up once per process: a look-up costs more than hashing a short text.
    var implementation: OpaquePointer {
        switch self {
        case .sha1: unsafe Implementation.sha1.pointer
        case .sha256: unsafe Implementation.sha256.pointer
        case .sha384: unsafe Implementation.sha384.pointer
        case .sha512: unsafe Implementation.sha512.pointer
        }
    }
}

// SAFETY: an `EVP_MD` is immutable and this one lives as long as the process.
@safe private final class Implementation: @unchecked Sendable {
    static let sha1 = Implementation(.sha1)
    static let sha256 = Implementation(.sha256)
    static let sha384 = Implementation(.sha384)
    static let sha512 = Implementation(.sha512)

    let pointer: OpaquePointer

    private init(_ algorithm: DigestAlgorithm) {
        guard let pointer = unsafe EVP_MD_fetch(nil, algorithm.rawValue, nil) else {
            // Every OpenSSL has them, also a FIPS one; without them no login and no upload can be right.
            preconditionFailure("this OpenSSL has no \(algorithm.rawValue): \(OpenSSLErrors.drain())")
        }
        unsafe self.pointer = unsafe pointer
    }
}
