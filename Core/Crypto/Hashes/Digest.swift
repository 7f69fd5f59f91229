import COpenSSL

/// A hash of bytes that come piece by piece. The functions of `DigestAlgorithm` cannot fail but for lack of memory,
/// which stops the process.
// SAFETY: the context has one owner, which is not copyable; OpenSSL binds it to no thread.
@safe package struct Digest: ~Copyable, @unchecked Sendable {
    package let algorithm: DigestAlgorithm
    private let context: OpaquePointer

    /// Begins with no bytes.
    package init(_ algorithm: DigestAlgorithm) {
        let context = unsafe Self.newContext()
        unsafe Self.require(EVP_DigestInit_ex2(context, algorithm.implementation, nil))
        self.algorithm = algorithm
        unsafe self.context = unsafe context
    }

    private init(copying other: borrowing Digest) {
        let context = unsafe Self.newContext()
        unsafe Self.require(EVP_MD_CTX_copy_ex(context, other.context))
        algorithm = other.algorithm
        unsafe self.context = unsafe context
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    /// Adds bytes.
    package mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withPointer { unsafe Self.require(EVP_DigestUpdate(context, $0, $1)) }
    }

    /// Adds bytes.
    package mutating func update(_ bytes: [UInt8]) {
        update(bytes.span)
    }

    /// The hash of all bytes added.
    package consuming func finalize() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: algorithm.byteCount)
        unsafe Self.require(EVP_DigestFinal_ex(context, &digest, nil))
        return digest
    }

    /// A second hash that goes on from here: for the hash so far of an upload that is not complete.
    package borrowing func copy() -> Digest {
        Digest(copying: self)
    }

    private static func newContext() -> OpaquePointer {
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
        return unsafe context
    }

    private static func require(_ result: CInt) {
        precondition(result == 1, "hashing failed")
    }
}

extension Digest {
    /// The hash of `bytes`.
    package static func hash(_ algorithm: DigestAlgorithm, _ bytes: Span<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: algorithm.byteCount)
        unsafe bytes.withPointer { (bytes, count) in
            unsafe require(EVP_Digest(bytes, count, &digest, nil, algorithm.implementation, nil))
        }
        return digest
    }

    /// The hash of `bytes`.
    package static func hash(_ algorithm: DigestAlgorithm, _ bytes: [UInt8]) -> [UInt8] { hash(algorithm, bytes.span) }

    /// SHA-1, for the protocols that demand it.
    package static func sha1(_ bytes: [UInt8]) -> [UInt8] { hash(.sha1, bytes.span) }

    /// SHA-256.
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] { hash(.sha256, bytes.span) }

    /// SHA-512.
    package static func sha512(_ bytes: [UInt8]) -> [UInt8] { hash(.sha512, bytes.span) }

    /// MD5: only to recognise verifiers that other programs have stored. Fails where OpenSSL is in FIPS mode.
    package static func md5(_ bytes: [UInt8]) throws(CryptoError) -> [UInt8] {
        guard let implementation = unsafe EVP_MD_fetch(nil, "MD5", nil) else {
            throw .openSSL(.unavailable, "this OpenSSL has no MD5")
        }
        defer { unsafe EVP_MD_free(implementation) }
        var digest = [UInt8](repeating: 0, count: 16)
        let result = unsafe bytes.span.withPointer { unsafe EVP_Digest($0, $1, &digest, nil, implementation, nil) }
        guard result == 1 else { throw .openSSL(.unavailable, "MD5 failed") }
        return digest
    }
}
