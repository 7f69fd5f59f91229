package import GantryEventLoop

/// Which addresses a client may connect to. The verdict is given on the resolved address at the moment its socket is
/// opened, so a name cannot mean one host when it is checked and another when it is connected.
package struct AddressPolicy: Sendable, Hashable {
    /// False: every address is allowed, and the other fields are not looked at.
    package var isGuarded: Bool
    /// Blocks that are allowed although they are special, such as an organisation's own network.
    package var allowed: [AddressRange]
    /// Blocks that are refused although they are public; they win over `allowed`.
    package var denied: [AddressRange]
    /// Behind a proxy the target's address is the proxy's business and cannot be checked here. False: a request that
    /// would go through a proxy is refused. True: it goes, and only targets written as an address are checked.
    package var trustsProxies: Bool
    /// UNIX sockets are local services; a guarded client refuses them unless told otherwise.
    package var allowsUnixSockets: Bool

    /// For requests whose target the operator chose.
    package static let unrestricted = AddressPolicy(isGuarded: false)
    /// For requests whose target a user chose: nothing but public hosts.
    package static let publicOnly = AddressPolicy(isGuarded: true)

    package init(
        isGuarded: Bool, allowed: [AddressRange] = [], denied: [AddressRange] = [], trustsProxies: Bool = false,
        allowsUnixSockets: Bool = false
    ) {
        self.isGuarded = isGuarded
        self.allowed = allowed
        self.denied = denied
        self.trustsProxies = trustsProxies
        self.allowsUnixSockets = allowsUnixSockets
    }

    /// Why the address is refused, in a few words; nil when it is allowed.
    package func refusal(of address: SocketAddress) -> String? {
        guard isGuarded else { return nil }
        guard let ip = IPAddress(address) else { return allowsUnixSockets ? nil : "a UNIX socket" }
        return refusal(of: ip)
    }

    /// Why the address is refused, in a few words; nil when it is allowed.
    package func refusal(of address: IPAddress) -> String? {
        guard isGuarded else { return nil }
        let address = address.canonical
        let reached = [address] + address.embedded.map { .v4($0) }
        if reached.contains(where: { part in denied.contains { $0.contains(part) } }) { return "denied" }
        if allowed.contains(where: { $0.contains(address) }) { return nil }
        return SpecialAddresses.name(of: address)
    }
}
