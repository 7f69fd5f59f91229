import GantryCrypto

/// Errors of certificates in the words of this module.
enum CertificateFault {
    /// Runs a step that only our own keys and values take part in.
    static func wrap<Result>(_ body: () throws(CryptoError) -> Result) throws(IdentityError) -> Result {
        do throws(CryptoError) {
            return try body()
        } catch {
            throw IdentityError(.unavailable, error.description)
        }
    }

    /// Runs a step on what somebody has sent, which may be wrong.
    static func judge<Result>(_ body: () throws(CryptoError) -> Result) throws(IdentityError) -> Result {
        do throws(CryptoError) {
            return try body()
        } catch {
            let code: IdentityError.Code = error.code == .unavailable ? .unavailable : .invalid
            throw IdentityError(code, error.description)
        }
    }
}
