import GantryJSON

/// What a server answers to a login.
package struct SessionReply: Sendable, Hashable {
    /// The token that stands for the session.
    package let token: String
    /// The session's id.
    package let session: String
    /// The user's name as the server has it.
    package let user: String
    /// For how long the session lasts without use; nil when it does not end that way.
    package let idleSeconds: Int?
    /// When the session ends in any case.
    package let expires: String?

    init?(_ document: JSONValue?) {
        guard let document, let token = document["token"]?.string, let session = document["session"],
            let id = session["id"]?.string, let user = document["user"]?["name"]?.string
        else { return nil }
        // It goes into a header field as it is.
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        self.token = token
        self.session = id
        self.user = user
        idleSeconds = session["idle_seconds"]?.integer
        expires = session["expires"]?.string
    }
}
