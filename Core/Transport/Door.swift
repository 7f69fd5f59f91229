/// A foreign protocol that shares the port, known by the first bytes that its clients send.
package struct Door: Sendable {
    /// Appears in logs and metrics.
    package let name: String
    /// Every connection of this protocol begins with these bytes, and no other protocol's does.
    package let signature: [UInt8]
    package let acceptor: ConnectionAcceptor

    package init(name: String, signature: [UInt8], acceptor: @escaping ConnectionAcceptor) {
        self.name = name
        self.signature = signature
        self.acceptor = acceptor
    }
}
