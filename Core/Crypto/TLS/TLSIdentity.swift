import COpenSSL

/// Who one side of a connection is: a certificate, the issuers it sends along, and the private key.
package struct TLSIdentity: Sendable {
    /// Leaf first, then its issuers; the root may be left out.
    package let chain: [Certificate]
    package let key: PrivateKey
    /// The host names that select this identity by SNI, in lower case; `*.` may stand for one label.
    package let serverNames: [String]

    /// Refuses a key that is not the leaf's. Without `serverNames` the leaf's own subject alternative names are used.
    package init(chain: [Certificate], key: PrivateKey, serverNames: [String]? = nil) throws(TLSError) {
        guard let leaf = chain.first else { throw TLSError(.configuration, "an identity needs a certificate") }
        guard leaf.matches(key) else {
            throw TLSError(.configuration, "the private key does not belong to the certificate \(leaf.subjectText)")
        }
        self.chain = chain
        self.key = key
        self.serverNames = (serverNames ?? leaf.hostNames).map { $0.lowercased() }
    }

    /// Reads both from PEM texts; the leaf must come first in `chainPEM`.
    package init(chainPEM: String, keyPEM: String, serverNames: [String]? = nil) throws(TLSError) {
        let chain: [Certificate]
        let key: PrivateKey
        do throws(CryptoError) {
            chain = try Certificate.chain(pem: chainPEM)
            key = try PrivateKey(pem: keyPEM)
        } catch {
            throw TLSError(.configuration, error.description)
        }
        try self.init(chain: chain, key: key, serverNames: serverNames)
    }

    /// Gives the identity to a context.
    func install(in context: OpaquePointer) throws(TLSError) {
        try unsafe withPointers { (leaf, key, chain) throws(TLSError) in
            guard unsafe SSL_CTX_use_cert_and_key(context, leaf, key, chain, 1) == 1 else {
                throw .openSSL(.configuration, "the certificate \(self.chain.first?.subjectText ?? "") cannot be used")
            }
        }
    }

    /// Gives the identity to one connection, in place of its context's.
    func install(onConnection ssl: OpaquePointer) throws(TLSError) {
        try unsafe withPointers { (leaf, key, chain) throws(TLSError) in
            guard unsafe SSL_use_cert_and_key(ssl, leaf, key, chain, 1) == 1 else {
                throw .openSSL(.configuration, "the certificate \(self.chain.first?.subjectText ?? "") cannot be used")
            }
        }
    }

    private func withPointers(
        _ body: (OpaquePointer, OpaquePointer, OpaquePointer) throws(TLSError) -> Void
    ) throws(TLSError) {
        guard let leaf = chain.first, let issuers = unsafe tls_chain_new() else {
            throw .openSSL(.configuration, "the certificate cannot be used")
        }
        defer { unsafe tls_chain_free(issuers) }
        for issuer in chain.dropFirst() {
            _ = unsafe issuer.withPointer { unsafe tls_chain_push(issuers, $0) }
        }
        try unsafe leaf.withPointer { (leaf) throws(TLSError) in
            try unsafe key.withPointer { (key) throws(TLSError) in try unsafe body(leaf, key, issuers) }
        }
    }
}
