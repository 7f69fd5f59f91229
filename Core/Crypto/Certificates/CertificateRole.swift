/// What a certified key may do in TLS.
package enum CertificateRole: Sendable, Hashable, CaseIterable {
    case server
    case client
}
