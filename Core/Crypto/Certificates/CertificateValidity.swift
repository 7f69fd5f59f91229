package import GantryBytes

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
