/// For how long certificates and revocation lists are good.
package enum AuthorityTimes {
    static let day = Duration.seconds(86_400)

    /// Of a root.
    package static let rootLife = day * 3652
    /// A root that ends sooner is told in the log.
    package static let rootWarning = day * 365
    /// Certificates begin a little before they are made, for machines whose clock is behind.
    static let leafLead = Duration.seconds(3600)
    static let rootLead = day
    /// Of the server's own certificate, and of others unless their order says otherwise. Some clients accept no longer
    /// ones.
    package static let leafDays = 397
    /// The longest life that can be ordered; the root's end is the other bound.
    package static let leafDaysMax = 3650
    /// A revocation list tells its readers to fetch the next one after this time.
    static let revocationListLife = day * 7
}
