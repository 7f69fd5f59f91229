import COpenSSL
package import GantryBytes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// From when to when a certificate or a revocation list is good; whole seconds.
package struct CertificateValidity: Sendable, Hashable {
    package let from: UnixTime
    package let until: UnixTime

    package init(from: UnixTime, until: UnixTime) {
        self.from = from
        self.until = until
    }

    /// Whether `time` lies within; both ends belong to it.
    package func contains(_ time: UnixTime) -> Bool {
        (from.seconds...max(from.seconds, until.seconds)).contains(time.seconds)
    }

    func check() throws(CryptoError) {
        guard from < until else { throw CryptoError(.invalidArgument, "a validity ends after it begins") }
        guard CertificateTime.permitted.contains(from.seconds), CertificateTime.permitted.contains(until.seconds) else {
            throw CryptoError(.invalidArgument, "a validity lies between the years 1950 and 9999")
        }
    }
}

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
