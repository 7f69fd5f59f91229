import GantryBytes

/// What the audit log tells of, by the names of the actions.
package enum AuditActions {
    package static let all = [
        "login", "logout", "login.refused", "password.change", "user.add", "user.change", "user.disable",
        "user.enable", "grant.give", "grant.take", "role.add", "role.remove", "role.give", "role.take", "key.add",
        "key.change", "key.remove", "session.end", "token.add", "token.remove", "registration.add",
        "registration.remove", "registration.use", "certificate.issue", "certificate.renew", "certificate.revoke",
        "certificate.add", "users_file.import", "authority.create", "server.key.create",
    ]

    /// Refuses what finds nothing ever: an action, or with a point at the end the beginning of some.
    package static func check(_ filter: String) throws(IdentityError) {
        let isBeginning = filter.hasSuffix(".")
        guard !(isBeginning ? all.contains { $0.hasPrefix(filter) } : all.contains(filter)) else { return }
        let words = isBeginning ? all.compactMap { $0.split(separator: ".").first.map { $0 + "." } } : all
        let hint =
            EditDistance.nearest(to: filter, in: words).map { "did you mean \($0)?" }
            ?? "`gantry help audit` lists them"
        throw IdentityError(.invalid, "there is no action \(ShownText.quoted(filter)): \(hint)")
    }
}
