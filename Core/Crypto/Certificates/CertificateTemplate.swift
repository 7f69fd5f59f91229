/// What a new leaf certificate says; the key comes beside it.
package struct CertificateTemplate: Sendable, Hashable {
    package var subject: DistinguishedName
    package var alternativeNames: [AlternativeName]
    package var roles: Set<CertificateRole>
    package var validity: CertificateValidity

    package init(
        subject: DistinguishedName, alternativeNames: [AlternativeName] = [], roles: Set<CertificateRole>,
        validity: CertificateValidity
    ) {
        self.subject = subject
        self.alternativeNames = alternativeNames
        self.roles = roles
        self.validity = validity
    }

    /// A server is found by these host names and addresses; the first one is also its common name when it fits.
    package static func server(hosts: [String], validity: CertificateValidity) -> CertificateTemplate {
        let name = hosts.first.flatMap { $0.utf8.count <= 64 ? DistinguishedName(commonName: $0) : nil }
        return CertificateTemplate(
            subject: name ?? DistinguishedName(attributes: []),
            alternativeNames: hosts.map { AlternativeName(host: $0) }, roles: [.server], validity: validity)
    }

    /// A client is known by its common name.
    package static func client(name: String, validity: CertificateValidity) -> CertificateTemplate {
        CertificateTemplate(subject: DistinguishedName(commonName: name), roles: [.client], validity: validity)
    }

    func check() throws(CryptoError) {
        try validity.check()
        guard !roles.isEmpty else { throw CryptoError(.invalidArgument, "a leaf certificate has a role") }
        guard !subject.attributes.isEmpty || !alternativeNames.isEmpty else {
            throw CryptoError(.invalidArgument, "a certificate names something")
        }
        let isFindable = alternativeNames.contains {
            switch $0 {
            case .dns, .ip: true
            case .email, .uri: false
            }
        }
        guard !roles.contains(.server) || isFindable else {
            throw CryptoError(.invalidArgument, "a server certificate has a host name or an address")
        }
    }
}
