package import GantryJSON

/// Where a change comes from: who asked for it, from which address, in which request.
package struct AuditContext: Sendable, Hashable {
    /// The name of the user who acts; empty when nobody is known yet, `server` for the server itself.
    package var actor: String
    package var address: String
    package var request: String

    package init(actor: String, address: String = "", request: String = "") {
        self.actor = actor
        self.address = address
        self.request = request
    }

    /// The server acts on its own.
    package static let server = AuditContext(actor: "server")
}

/// One thing that happened and that somebody may ask about later.
package struct AuditEntry: Sendable, Hashable {
    package enum Outcome: String, Sendable { case ok, refused }

    /// A ULID, in the order of what happened; empty until it is recorded.
    package var id = ""
    /// Unix milliseconds.
    package var createdAt: Int64 = 0
    package var context: AuditContext
    /// What was done: `login`, `user.add`, `grant.give`, … (docs/operations.md lists them).
    package var action: String
    /// To whom or what: a user's name, a key's fingerprint, ….
    package var subject: String
    package var outcome: Outcome
    /// More about it; never a secret.
    package var details: JSONObject

    package init(
        _ action: String, subject: String, _ context: AuditContext, outcome: Outcome = .ok, details: JSONObject = [:]
    ) {
        self.action = action
        self.subject = subject
        self.context = context
        self.outcome = outcome
        self.details = details
    }
}
