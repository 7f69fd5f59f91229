import COpenSSL

/// RSA keys from their numbers in decimal, and back.
enum RSANumbers {
    /// More digits than the largest key has; reading decimal takes time that grows with the square of them.
    static let digitsMax = 2500
    /// The longest public exponent: all real ones have at most 32 bits, and the time of a check grows with it.
    static let exponentBitsMax = 64

    static func publicKey(modulus: String, exponent: String) throws(CryptoError) -> PublicKey {
        let modulus = try BigNumber(decimal: modulus, "RSA modulus")
        let exponent = try BigNumber(decimal: exponent, "RSA exponent")
        try check(modulus: modulus, exponent: exponent)
        let key = try unsafe build(
            [("n", modulus), ("e", exponent)], gantry_public_key_selection())
        return try unsafe PublicKey(adopting: key)
    }

    static func privateKey(
        modulus: String, exponent: String, privateExponent: String, primes: (first: String, second: String)?
    ) throws(CryptoError) -> PrivateKey {
        let modulus = try BigNumber(decimal: modulus, "RSA modulus")
        let exponent = try BigNumber(decimal: exponent, "RSA exponent")
        let secret = try BigNumber(decimal: privateExponent, "RSA private exponent")
        try check(modulus: modulus, exponent: exponent)
        guard try BigNumber.isInverse(exponent, secret, modulo: modulus) else { throw mismatch }
        var numbers: [(StaticString, BigNumber)] = [
            ("n", modulus), ("e", exponent), ("d", secret),
        ]
        if let primes {
            let first = try BigNumber(decimal: primes.first, "RSA prime")
            let second = try BigNumber(decimal: primes.second, "RSA prime")
            guard first.bits > 1, second.bits > 1, try first.times(second).isEqual(to: modulus) else { throw mismatch }
            numbers += [
                ("rsa-factor1", first), ("rsa-factor2", second),
                ("rsa-exponent1", try secret.modulo(oneLessThan: first)),
                ("rsa-exponent2", try secret.modulo(oneLessThan: second)),
                ("rsa-coefficient1", try second.inverse(modulo: first)),
            ]
        }
        return try unsafe PrivateKey(adopting: build(numbers, gantry_key_pair_selection()))
    }

    /// Refuses what no key generator makes: an even modulus, an exponent of one, an even or a huge one.
    static func checkPublic(_ key: PublicKey) throws(CryptoError) {
        let modulus = try BigNumber(of: key, OSSL_PKEY_PARAM_RSA_N)
        try check(modulus: modulus, exponent: BigNumber(of: key, OSSL_PKEY_PARAM_RSA_E))
    }

    static func decimal(of key: PublicKey, _ name: String) throws(CryptoError) -> String {
        try BigNumber(of: key, name).decimal()
    }

    private static func check(modulus: BigNumber, exponent: BigNumber) throws(CryptoError) {
        try RSALimits.check(bits: modulus.bits)
        guard modulus.isOdd, exponent.isOdd, (2...exponentBitsMax).contains(exponent.bits) else {
            throw CryptoError(.malformed, "the numbers are not those of an RSA key")
        }
    }

    private static var mismatch: CryptoError {
        CryptoError(.keyMismatch, "the numbers do not belong to one RSA key")
    }

    private static func build(_ numbers: [(StaticString, BigNumber)], _ selection: CInt) throws(CryptoError)
        -> OpaquePointer
    {
        guard let builder = unsafe OSSL_PARAM_BLD_new() else { throw failed }
        defer { unsafe OSSL_PARAM_BLD_free(builder) }
        for (name, number) in numbers {
            // The builder keeps both pointers: the name is a literal, the number lives in `numbers`.
            let name = unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
            guard unsafe OSSL_PARAM_BLD_push_BN(builder, name, number.pointer) == 1 else { throw failed }
        }
        guard let parameters = unsafe OSSL_PARAM_BLD_to_param(builder) else { throw failed }
        defer {
            unsafe OSSL_PARAM_free(parameters)
            withExtendedLifetime(numbers) {}
        }
        guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, "RSA", nil) else { throw failed }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_fromdata_init(context) == 1,
            unsafe EVP_PKEY_fromdata(context, &key, selection, parameters) == 1, let key = unsafe key
        else { throw .openSSL(.malformed, "the numbers are not those of an RSA key") }
        return unsafe key
    }

    private static var failed: CryptoError { .openSSL(.unavailable, "the RSA key cannot be made") }
}
