import COpenSSL

/// A certificate authority of one level: a root and its key, which issue leaves and revocation lists.
/// What it issues passes strict checks (RFC 5280), as those of OpenSSL's `-x509_strict` and Python 3.13.
package struct CertificateSigner: Sendable {
    package let certificate: Certificate
    package let key: PrivateKey

    /// Takes a root that was made before, and checks that it may sign and that the key is its own.
    package init(certificate: Certificate, key: PrivateKey) throws(CryptoError) {
        guard certificate.isAuthority else {
            throw CryptoError(.invalidArgument, "the certificate is not that of a certificate authority")
        }
        guard certificate.matches(key) else {
            throw CryptoError(.keyMismatch, "the certificate and the private key do not belong together")
        }
        self.certificate = certificate
        self.key = key
    }

    /// Makes a self-signed root that certifies leaves only.
    package static func root(
        subject: DistinguishedName, key: PrivateKey, validity: CertificateValidity
    ) throws(CryptoError) -> CertificateSigner {
        try validity.check()
        guard !subject.attributes.isEmpty else { throw CryptoError(.invalidArgument, "a root has a name") }
        let builder = try CertificateBuilder(
            subject: subject, validity: validity, key: key.publicKey(), issuer: nil)
        try builder.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        try builder.add(NID_key_usage, "critical,keyCertSign,cRLSign")
        try builder.add(NID_subject_key_identifier, "hash")
        return try CertificateSigner(certificate: builder.sign(with: key), key: key)
    }

    /// Issues a leaf for a key. It may not outlive the root.
    package func issue(_ template: CertificateTemplate, for key: PublicKey) throws(CryptoError) -> Certificate {
        try template.check()
        guard try template.validity.until <= certificate.validity().until else {
            throw CryptoError(.invalidArgument, "a certificate ends no later than its authority's")
        }
        let builder = try CertificateBuilder(
            subject: template.subject, validity: template.validity, key: key, issuer: certificate)
        try builder.add(NID_basic_constraints, "critical,CA:FALSE")
        try builder.add(NID_key_usage, Self.keyUsage(of: key, template.roles))
        try builder.add(NID_ext_key_usage, Self.extendedKeyUsage(template.roles))
        try builder.add(NID_subject_key_identifier, "hash")
        try builder.add(NID_authority_key_identifier, "keyid:always")
        if !template.alternativeNames.isEmpty {
            try builder.add(template.alternativeNames, isCritical: template.subject.attributes.isEmpty)
        }
        return try builder.sign(with: self.key)
    }

    /// Issues a leaf for the key of a request, whose signature must be right. What the leaf says is the template's
    /// alone: whoever wants names of the request takes them over after judging them.
    package func issue(
        _ template: CertificateTemplate, for request: CertificateRequest
    ) throws(CryptoError) -> Certificate {
        guard request.isSelfSigned else {
            throw CryptoError(.verificationFailed, "the request is not signed with its own key")
        }
        return try issue(template, for: request.publicKey())
    }

    private static func keyUsage(of key: PublicKey, _ roles: Set<CertificateRole>) -> String {
        // TLS 1.2 without forward secrecy encrypts to the server's RSA key.
        if case .rsa = key.algorithm, roles.contains(.server) { return "critical,digitalSignature,keyEncipherment" }
        return "critical,digitalSignature"
    }

    private static func extendedKeyUsage(_ roles: Set<CertificateRole>) -> String {
        CertificateRole.allCases.filter { roles.contains($0) }
            .map { $0 == .server ? "serverAuth" : "clientAuth" }.joined(separator: ",")
    }
}
