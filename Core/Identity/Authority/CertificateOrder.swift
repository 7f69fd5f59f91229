import GantryBytes
package import GantryCrypto

/// What an administrator wants to be certified. Nothing of it is taken from the request for the certificate.
package struct CertificateOrder: Sendable, Hashable {
    package enum Subject: Sendable, Hashable {
        /// A user, by name.
        case client(user: String)
        /// A server, by the host names and addresses under which it is reached.
        case server(hosts: [String])
    }

    /// The most names of a server.
    package static let hostsMax = 64

    package var subject: Subject
    /// The life in days; nil for the usual one, or what the root has left.
    package var days: Int?

    package init(_ subject: Subject, days: Int? = nil) {
        self.subject = subject
        self.days = days
    }

    /// Host names in lower case without a final dot, addresses in their shortest form, each once.
    static func names(_ hosts: [String]) throws(IdentityError) -> [AlternativeName] {
        guard !hosts.isEmpty else {
            throw IdentityError(.invalid, "a server's certificate needs the host names or addresses it is reached by")
        }
        guard hosts.count <= hostsMax else {
            throw IdentityError(.invalid, "a server's certificate has at most \(hostsMax) names")
        }
        var names: [AlternativeName] = []
        for host in hosts {
            let name = Self.name(host)
            guard name.isEncodable else {
                throw IdentityError(
                    .invalid,
                    "\"\(ControlCharacters.escaped(String(host.prefix(80))))\" is no host name or address: write names "
                        + "with letters of other alphabets in their xn-- form")
            }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The name that a certificate would have for this host.
    package static func name(_ host: String) -> AlternativeName {
        AlternativeName(host: (host.hasSuffix(".") ? String(host.dropLast()) : host).lowercased())
    }

    /// Judges a request for a certificate: its signature proves that the sender has the key, which must be strong.
    static func key(ofRequest pem: String) throws(IdentityError) -> PublicKey {
        let request = try CertificateFault.judge { () throws(CryptoError) in try CertificateRequest(pem: pem) }
        let key = try CertificateFault.judge { () throws(CryptoError) in try request.publicKey() }
        try check(key)
        guard request.isSelfSigned else {
            throw IdentityError(.invalid, "the request is not signed with the key that it is about")
        }
        return key
    }

    /// Refuses keys that are weak or that nothing else here can use.
    static func check(_ key: PublicKey) throws(IdentityError) {
        switch key.algorithm {
        case .p256, .ed25519, .rsa(bits: 3072...8192): return
        case .rsa(let bits):
            throw IdentityError(.invalid, "an RSA key of a certificate has 3072 to 8192 bits, not \(bits)")
        case .other(let name):
            throw IdentityError(.invalid, "a key of the kind \(name) is not certified: use P-256, Ed25519 or RSA")
        }
    }
}

extension AlternativeName {
    /// The name itself.
    var text: String {
        switch self {
        case .dns(let text), .ip(let text), .email(let text), .uri(let text): text
        }
    }
}
