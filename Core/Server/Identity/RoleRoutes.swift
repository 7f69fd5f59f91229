import GantryHTTP
import GantryIdentity
import GantryJSON

/// The roles, for administrators.
struct RoleRoutes: Sendable {
    let roles: Roles

    var all: [Route] { [list, add, show, remove, giveGrant, takeGrant] }

    private var list: Route {
        IdentityRoutes.route(.get, "roles", .grant("admin"), "listRoles", "The roles with their grants.") { _ in
            IdentityDocuments.list("roles", try await roles.list().map(IdentityDocuments.role))
        }
    }

    private var add: Route {
        IdentityRoutes.route(
            .post, "roles", .grant("admin"), "addRole", "Makes a role.",
            request: IdentityRoutes.schema(
                ["name": IdentityRoutes.text],
                optional: ["summary": IdentityRoutes.text, "grants": IdentityRoutes.texts]),
            replies: [201: ["type": "object"], 409: nil]
        ) { request in
            var fields = try await JSONFields(request)
            let (name, summary) = (try fields.text("name"), try fields.optionalText("summary") ?? "")
            let grants = try fields.texts("grants", countMax: Users.grantsMax).map { try Grant($0) }
            try fields.refuseOthers()
            let role = try await roles.add(name, summary: summary, grants: grants, request.auditContext)
            return .json(.object(IdentityDocuments.role(role)), .created)
        }
    }

    private var show: Route {
        IdentityRoutes.route(
            .get, "roles/{name}", .grant("admin"), "showRole", "One role.",
            replies: [200: ["type": "object"], 404: nil]
        ) { request in
            Self.shown(try await roles.find(try request.parameters.text("name")))
        }
    }

    private var remove: Route {
        IdentityRoutes.route(
            .delete, "roles/{name}", .grant("admin"), "removeRole", "Removes a role, also from those who have it.",
            replies: [204: nil, 404: nil, 409: nil]
        ) { request in
            try await roles.remove(try request.parameters.text("name"), request.auditContext)
            return HTTPResponse(.noContent)
        }
    }

    private var giveGrant: Route {
        IdentityRoutes.route(
            .post, "roles/{name}/grants", .grant("admin"), "grantRole", "Adds a grant to a role.",
            request: IdentityRoutes.schema(["grant": IdentityRoutes.text]),
            replies: [200: ["type": "object"], 404: nil]
        ) { request in
            var fields = try await JSONFields(request)
            let grant = try Grant(try fields.text("grant"))
            try fields.refuseOthers()
            return Self.shown(
                try await roles.give(grant, to: try request.parameters.text("name"), request.auditContext))
        }
    }

    private var takeGrant: Route {
        IdentityRoutes.route(
            .delete, "roles/{name}/grants", .grant("admin"), "revokeRoleGrant", "Takes a grant out of a role.",
            replies: [200: ["type": "object"], 404: nil, 409: nil],
            query: [(name: "grant", schema: IdentityRoutes.text)]
        ) { request in
            return Self.shown(
                try await roles.take(
                    try request.grantParameter, from: try request.parameters.text("name"), request.auditContext))
        }
    }

    private static func shown(_ role: Role) -> HTTPResponse { .json(.object(IdentityDocuments.role(role))) }
}
