import GantryJSON

/// What this user knows of one server.
package struct ServerProfile: Sendable, Hashable {
    /// Who signs in there.
    package var user: String?
    /// The session's token, while signed in.
    package var token: String?
    /// The session.
    package var session: String?
    /// The server's own key, as an OpenSSH line, as it was at the first login.
    package var serverKey: String?
    /// A PEM file of the authorities that may have signed the server's certificate.
    package var authorityFile: String?
    /// The private key to sign in with, when it is not this machine's own.
    package var keyFile: String?

    package init() {}

    private static var members: [(String, WritableKeyPath<ServerProfile, String?>)] {
        [
            ("user", \.user), ("token", \.token), ("session", \.session), ("server_key", \.serverKey),
            ("certificate_authority", \.authorityFile), ("key_file", \.keyFile),
        ]
    }

    /// Reads a profile; the name of a member that is no text is the error.
    init(_ object: JSONObject) throws(ServerProfiles.Fault) {
        for (name, path) in Self.members {
            guard let value = object[name] else { continue }
            guard let text = value.string else { throw ServerProfiles.Fault(what: "\"\(name)\" is no text") }
            self[keyPath: path] = text
        }
    }

    var json: JSONObject {
        var object = JSONObject()
        for (name, path) in Self.members { object[name] = self[keyPath: path].map { .string($0) } }
        return object
    }
}
