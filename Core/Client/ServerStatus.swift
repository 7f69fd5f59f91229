public import GantryJSON

/// What a server says of itself.
public struct ServerStatus: Sendable, Hashable {
    /// The program's name.
    public let name: String
    /// Its version.
    public let version: String
    /// `starting`, `ready`, `draining` or `impaired`.
    public let state: String
    /// Why the state is not `ready`.
    public let reason: String?
    /// For how long it has run.
    public let uptimeSeconds: Int
    /// The whole answer.
    public let document: JSONValue

    /// Whether it takes work.
    public var isReady: Bool { state == "ready" }

    init?(_ document: JSONValue) {
        guard let object = document.object, object["status"]?.string == "OK", let name = object["app_name"]?.string,
            let version = object["version"]?.string
        else { return nil }
        self.name = name
        self.version = version
        self.document = document
        state = object["state"]?.string ?? "ready"
        reason = object["reason"]?.string
        uptimeSeconds = object["uptime_seconds"]?.integer ?? 0
    }
}
