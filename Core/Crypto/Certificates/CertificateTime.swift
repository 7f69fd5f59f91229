import COpenSSL
import GantryBytes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Times as certificates hold them.
enum CertificateTime {
    /// What ASN.1 has forms for: 1950-01-01 to 9999-12-31.
    static let permitted: ClosedRange<Int64> = -631_152_000...253_402_300_799

    /// A time of our own to give to OpenSSL; the caller frees it.
    static func encode(_ time: UnixTime) throws(CryptoError) -> UnsafeMutablePointer<ASN1_TIME> {
        guard let encoded = unsafe ASN1_TIME_set(nil, time_t(time.seconds)) else {
            throw .openSSL(.invalidArgument, "the time cannot be encoded")
        }
        return unsafe encoded
    }

    static func decode(_ encoded: UnsafePointer<ASN1_TIME>?, _ what: String) throws(CryptoError) -> UnixTime {
        var parts = unsafe tm()
        guard let encoded = unsafe encoded, unsafe ASN1_TIME_to_tm(encoded, &parts) == 1 else {
            throw .openSSL(.malformed, "the \(what) is malformed")
        }
        return unsafe UnixTime(seconds: Int64(timegm(&parts)))
    }
}
