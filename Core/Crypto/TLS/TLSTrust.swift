/// Which peers are believed to be who they say they are.
package struct TLSTrust: Sendable {
    /// The roots that a chain may end in.
    package enum Anchors: Sendable {
        /// The system's store (`SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured).
        case system
        /// These alone.
        case certificates([Certificate])
        /// The system's store and these.
        case systemAnd([Certificate])
        /// None: only pinned certificates pass.
        case none
    }

    /// A check of one's own after OpenSSL's: the chain, leaf first; returns why the peer is refused, or nil.
    package typealias Inspection = @Sendable ([Certificate]) -> String?

    package var anchors: Anchors
    /// SHA-256 fingerprints of leaf certificates that pass as they are: no chain, no name, no date is looked at.
    package var pinned: Set<[UInt8]>
    package var inspection: Inspection?
    /// When not empty, each leaf must have an issuer with a list here, and not stand in it.
    package var revocationLists: [CertificateRevocationList] = []
    /// Nothing is checked at all; the connection is then only safe from listeners, not from impostors.
    package let acceptsAnyone: Bool

    package init(_ anchors: Anchors, pinned: Set<[UInt8]> = [], inspection: Inspection? = nil) {
        self.init(anchors, pinned: pinned, inspection: inspection, acceptsAnyone: false)
    }

    private init(_ anchors: Anchors, pinned: Set<[UInt8]>, inspection: Inspection?, acceptsAnyone: Bool) {
        self.anchors = anchors
        self.pinned = pinned
        self.inspection = inspection
        self.acceptsAnyone = acceptsAnyone
    }

    /// Whoever the system trusts.
    package static let system = TLSTrust(.system)

    /// Whoever these roots vouch for.
    package static func certificates(_ roots: [Certificate]) -> TLSTrust {
        TLSTrust(.certificates(roots))
    }

    /// Whoever shows one of the certificates with these SHA-256 fingerprints.
    package static func pinned(_ fingerprints: Set<[UInt8]>) -> TLSTrust {
        TLSTrust(.none, pinned: fingerprints)
    }

    /// Anyone; see `acceptsAnyone`.
    package static let anyone = TLSTrust(.none, pinned: [], inspection: nil, acceptsAnyone: true)
}
