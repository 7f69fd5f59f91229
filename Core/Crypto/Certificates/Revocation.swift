package import GantryBytes

/// One entry of a revocation list.
package struct Revocation: Sendable, Hashable {
    /// Why, by the numbers of RFC 5280.
    package enum Reason: Int, Sendable, Hashable, CaseIterable {
        case keyCompromise = 1
        case affiliationChanged = 3
        case superseded = 4
        case cessationOfOperation = 5
        case privilegeWithdrawn = 9
    }

    /// The certificate's serial number in hex, as `Certificate.serialNumber` gives it.
    package let serialNumber: String
    package let time: UnixTime
    /// Nil says nothing about why.
    package let reason: Reason?

    package init(serialNumber: String, time: UnixTime, reason: Reason? = nil) {
        self.serialNumber = serialNumber
        self.time = time
        self.reason = reason
    }
}
