import GantryJSON

/// What this user knows of all servers: the content of `servers.json`.
package struct ServerProfiles: Sendable, Hashable {
    /// What is wrong with the file.
    package struct Fault: Error { let what: String }

    /// More servers than anybody has.
    package static let countMax = 1000

    /// The server that commands talk to when none is named.
    package var defaultServer: String?
    /// By the address in its normal spelling.
    package private(set) var servers: [String: ServerProfile] = [:]

    package init() {}

    package subscript(server: ServerAddress) -> ServerProfile? {
        get { servers[server.text] }
        set { servers[server.text] = newValue }
    }

    /// Reads the file's content.
    package init(_ bytes: [UInt8]) throws(Fault) {
        let value: JSONValue
        do {
            value = try JSONValue.parse(bytes.span)
        } catch {
            throw Fault(what: "\(error)")
        }
        guard let object = value.object, let found = (object["servers"] ?? [:]).object else {
            throw Fault(what: "it is no list of servers")
        }
        guard found.count <= Self.countMax else { throw Fault(what: "it has more than \(Self.countMax) servers") }
        defaultServer = object["default"]?.string
        for (server, value) in found {
            guard let object = value.object else { throw Fault(what: "\"\(server)\" is no object") }
            servers[server] = try ServerProfile(object)
        }
    }

    /// The file's content.
    package var encoded: [UInt8] {
        var object = JSONObject()
        if let defaultServer { object["default"] = .string(defaultServer) }
        let sorted = servers.sorted { $0.key < $1.key }
        object["servers"] = .object(JSONObject(sorted.map { ($0.key, .object($0.value.json)) }))
        return JSONValue.object(object).encoded(.pretty) + [10]
    }
}
