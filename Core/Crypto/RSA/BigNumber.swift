import COpenSSL

/// A whole number of any size; wiped when freed, as it may be part of a private key.
// SAFETY: never changed after `init`, and not shared beyond one call.
@safe final class BigNumber {
    let pointer: OpaquePointer

    private init(adopting pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe BN_clear_free(pointer)
    }

    /// Digits only: no sign, no blanks.
    convenience init(decimal: String, _ what: String) throws(CryptoError) {
        guard decimal.utf8.count <= RSANumbers.digitsMax else {
            throw CryptoError(.tooLarge, "the \(what) has more than \(RSANumbers.digitsMax) digits")
        }
        guard !decimal.isEmpty, decimal.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw CryptoError(.malformed, "the \(what) is not a decimal number")
        }
        var number: OpaquePointer?
        guard unsafe BN_dec2bn(&number, decimal) > 0, let number = unsafe number else { throw Self.failed }
        unsafe self.init(adopting: number)
    }

    /// One number of a key, by OpenSSL's name.
    convenience init(of key: PublicKey, _ name: String) throws(CryptoError) {
        let number = try unsafe key.withPointer { (key) throws(CryptoError) -> OpaquePointer in
            var number: OpaquePointer?
            guard unsafe EVP_PKEY_get_bn_param(key, name, &number) == 1, let number = unsafe number else {
                throw .openSSL(.malformed, "the key has no number \(name)")
            }
            return unsafe number
        }
        unsafe self.init(adopting: number)
    }

    var bits: Int { unsafe Int(BN_num_bits(pointer)) }
    var isOdd: Bool { unsafe BN_is_odd(pointer) == 1 }

    func isEqual(to other: BigNumber) -> Bool {
        unsafe BN_cmp(pointer, other.pointer) == 0
    }

    func decimal() throws(CryptoError) -> String {
        guard let text = unsafe BN_bn2dec(pointer) else { throw Self.failed }
        defer { unsafe gantry_free(text) }
        return unsafe String(cString: text)
    }

    func times(_ other: BigNumber) throws(CryptoError) -> BigNumber {
        try unsafe Self.computed { unsafe BN_mul($0, pointer, other.pointer, $1) }
    }

    /// The rest by `other - 1`.
    func modulo(oneLessThan other: BigNumber) throws(CryptoError) -> BigNumber {
        try unsafe Self.computed { result, context in
            guard let less = unsafe BN_dup(other.pointer) else { return 0 }
            defer { unsafe BN_clear_free(less) }
            guard unsafe BN_sub_word(less, 1) == 1 else { return 0 }
            return unsafe BN_div(nil, result, pointer, less, context)
        }
    }

    func inverse(modulo modulus: BigNumber) throws(CryptoError) -> BigNumber {
        let number = try unsafe Self.computed { result, context in
            unsafe BN_mod_inverse(result, pointer, modulus.pointer, context) == nil ? 0 : 1
        }
        return number
    }

    /// Whether raising to one exponent and then to the other gives every number back, tried with 2.
    static func isInverse(_ one: BigNumber, _ other: BigNumber, modulo modulus: BigNumber) throws(CryptoError) -> Bool {
        unsafe BN_set_flags(other.pointer, BN_FLG_CONSTTIME)
        let two = try BigNumber(decimal: "2", "base")
        let raised = try unsafe computed { unsafe BN_mod_exp($0, two.pointer, one.pointer, modulus.pointer, $1) }
        let back = try unsafe computed { unsafe BN_mod_exp($0, raised.pointer, other.pointer, modulus.pointer, $1) }
        return back.isEqual(to: two)
    }

    private static func computed(
        _ body: (_ result: OpaquePointer, _ context: OpaquePointer) -> CInt
    ) throws(CryptoError) -> BigNumber {
        guard let result = unsafe BN_new() else { throw failed }
        let number = unsafe BigNumber(adopting: result)
        guard let context = unsafe BN_CTX_new() else { throw failed }
        defer { unsafe BN_CTX_free(context) }
        guard unsafe body(result, context) == 1 else { throw failed }
        return number
    }

    private static var failed: CryptoError { .openSSL(.malformed, "the numbers cannot be computed with") }
}
