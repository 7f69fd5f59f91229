import GantryBytes
package import GantryCrypto

/// A certificate authority for one test, with the certificates that the test asks for; nothing is kept on disk.
package struct TestAuthority: Sendable {
    package let signer: CertificateSigner
    package var root: Certificate { signer.certificate }

    package static let day = Duration.seconds(86_400)

    /// Issuers are good for ten days in both directions, so that leaves may have expired.
    package init(name: String = "Test Root") throws {
        signer = try CertificateSigner.root(
            subject: DistinguishedName(commonName: name), key: PrivateKey.generateP256(),
            validity: Self.validity(from: -10, until: 10))
    }

    /// A validity in days from now.
    package static func validity(from: Int, until: Int) -> CertificateValidity {
        let now = UnixTime.now()
        return CertificateValidity(from: now + day * from, until: now + day * until)
    }

    /// An identity for servers by these names and addresses.
    package func server(_ hosts: String..., from: Int = -1, until: Int = 1) throws -> TLSIdentity {
        try identity(.server(hosts: hosts, validity: Self.validity(from: from, until: until)))
    }

    /// An identity for a client of this name.
    package func client(_ name: String, from: Int = -1, until: Int = 1) throws -> TLSIdentity {
        try identity(.client(name: name, validity: Self.validity(from: from, until: until)))
    }

    private func identity(_ template: CertificateTemplate) throws -> TLSIdentity {
        let key = try PrivateKey.generateP256()
        return try TLSIdentity(chain: [signer.issue(template, for: key.publicKey())], key: key)
    }
}
