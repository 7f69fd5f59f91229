/// Every bound of the audit log, by name.
package enum AuditLimits {
    /// Entries of one page.
    package static let pageMax = 1000
    /// Entries that a follower gets at a time.
    package static let followedPageMax = 100
    /// Followers at the same time; more are refused with `tooMany`.
    package static let followersMax = 64
    /// Refusals of one action from one address that get a row of their own in a minute.
    package static let refusalsPerMinute = 5
    /// The same for all actions and addresses together.
    package static let refusalsPerMinuteTotal = 60
    /// Rows that one write removes when old ones are purged.
    package static let purgeStep = 500
    /// The longest text of a query's filter, in bytes.
    package static let filterBytesMax = 256
}
