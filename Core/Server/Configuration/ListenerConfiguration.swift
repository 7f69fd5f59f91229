package import GantryConfig

/// Where the server listens, and how many connections it keeps.
package struct ListenerConfiguration: Sendable, Equatable {
    package var address: String
    package var port: Int
    package var unixSocket: String
    package var idleSeconds: Int
    package var connectionsMax: Int
    package var activeMax: Int

    package init(section: inout ConfigSection) {
        address = section.string(
            "ip_address", default: "localhost",
            help: "The address to listen on: a name, an IPv4 or an IPv6 address; `0.0.0.0` and `::` are all of them.")
        port = section.integer(
            "port", default: 5690, in: 0...65_535, help: "The TCP port; 0 lets the system choose one.")
        unixSocket = section.path(
            "unix_socket", default: "", help: "A UNIX socket to listen on as well; empty for none.")
        idleSeconds = section.integer(
            "client_idle_timeout_seconds", default: 30, in: 1...86_400,
            help: "How long a client may be silent before its connection is closed.")
        connectionsMax = section.integer(
            "connections_max", default: 16_384, in: 1...1_000_000,
            help: "Open connections, idle ones included; the system's limit of open files applies too.")
        activeMax = section.integer(
            "max_parallel_connections", default: 100, in: 1...1_000_000,
            help: "Requests and sessions that are served at the same time; more are told to come back later.")
    }

    func changedKeys(from old: ListenerConfiguration) -> [String] {
        let pairs: [(String, Bool)] = [
            ("ip_address", address != old.address), ("port", port != old.port),
            ("unix_socket", unixSocket != old.unixSocket),
            ("client_idle_timeout_seconds", idleSeconds != old.idleSeconds),
            ("connections_max", connectionsMax != old.connectionsMax),
            ("max_parallel_connections", activeMax != old.activeMax),
        ]
        return pairs.filter(\.1).map(\.0)
    }
}
