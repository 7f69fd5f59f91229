import COpenSSL

/// The protocol versions that are spoken; nothing older is.
package enum TLSVersion: UInt16, Sendable, Hashable, Comparable, CustomStringConvertible {
    case v12 = 0x0303
    case v13 = 0x0304

    package static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }

    /// As OpenSSL and everybody's logs name it: `TLSv1.3`.
    package var description: String {
        switch self {
        case .v12: "TLSv1.2"
        case .v13: "TLSv1.3"
        }
    }
}
