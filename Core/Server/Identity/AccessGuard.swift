import GantryHTTP
import GantryIdentity
import GantryPlugin

/// Lets only those pass to a route who may call it. It wraps the handlers of the routes, because looking somebody up
/// may have to wait; who was seen lately is known without waiting.
struct AccessGuard: Sendable {
    let callers: Callers

    /// The route with the check in front of its handler; one that is for everybody stays as it is. A route that asks
    /// for something that is no grant is an error of who wrote it.
    func guarding(_ route: Route) throws(StartError) -> Route {
        guard route.access != .anonymous else { return route }
        let need: Need
        do throws(IdentityError) {
            need = try Need(route.access)
        } catch {
            throw StartError(
                .plugin, "the route \(route.method.rawValue) \(route.pattern) cannot ask for a grant: \(error)")
        }
        var route = route
        let handler = route.handler
        route.handler = { request in
            var request = request
            let caller = try await self.caller(of: request)
            try Self.check(need, request, caller)
            request[CallerKey.self] = caller
            if case .stream(let length, let source) = request.body.storage {
                let seen = request
                let body = GuardedBody(source) { try await self.checkAgain(need, seen, caller) }
                request.body = HTTPRequestBody(.stream(length: length, body))
            }
            return try await handler(request)
        }
        return route
    }

    /// The caller may have lost a right while the body was on its way; what the handler knows of the caller must still
    /// be true when it begins to act.
    private func checkAgain(_ need: Need, _ request: HTTPRequest, _ caller: Caller) async throws {
        let now = try await self.caller(of: request)
        try Self.check(need, request, now)
        guard now.userID == caller.userID, now.proof == caller.proof, now.grants == caller.grants,
            now.scope == caller.scope
        else {
            throw Problem(
                IdentityError(
                    .conflict, "what you may do has changed while the request was on its way: send it again"))
        }
    }

    /// What a route asks for, read once; a grant that depends on the request is completed for each.
    private enum Need {
        case nothing
        case grant(Grant)
        case completed(String)

        init(_ access: Route.Access) throws(IdentityError) {
            guard case .grant(let text) = access else {
                self = .nothing
                return
            }
            let example = text.replacing(#/{\w+}/#, with: "x")
            let grant = try Grant(example)
            self = example == text ? .grant(grant) : .completed(text)
        }
    }

    /// Whether the request would still pass: for replies that go on for long after their caller was let in.
    func stillAdmits(_ request: HTTPRequest) async -> Bool {
        guard let access = request.route?.access, access != .anonymous else { return true }
        do {
            try Self.check(try Need(access), request, try await caller(of: request))
            return true
        } catch {
            return false
        }
    }

    /// Who sends the request. A token is looked at before a certificate, because it was meant for this request.
    private func caller(of request: HTTPRequest) async throws -> Caller {
        do throws(IdentityError) {
            if let token = try Self.token(of: request) {
                if let known = callers.known(token: token) { return known }
                return try await callers.find(token: token)
            }
            if let certificate = request.clientCertificate {
                if let known = callers.known(certificate: certificate) { return known }
                if let found = try await callers.find(certificate: certificate) { return found }
                throw IdentityError(
                    .signInRequired, "the client certificate belongs to no user of this server, or was revoked")
            }
            throw IdentityError(
                .signInRequired,
                "this needs a signed-in user: send a token as `Authorization: Bearer …`, which "
                    + "`gantry login` gets you")
        } catch {
            throw Problem(forClient: error, request.logger)
        }
    }

    /// The token of the one place where a token belongs.
    private static func token(of request: HTTPRequest) throws(IdentityError) -> String? {
        let fields = request.headers.values("Authorization")
        guard let field = fields.first else { return nil }
        // A proxy in front may have looked at the other one.
        guard fields.count == 1 else {
            throw IdentityError(.signInRequired, "send one Authorization field, not \(fields.count)")
        }
        let scheme = field.utf8.prefix { $0 != UInt8(ascii: " ") }
        guard Substring(scheme).lowercased() == "bearer" else {
            throw IdentityError(
                .signInRequired, "send the token as `Authorization: Bearer …`; another scheme is not known here")
        }
        return String(Substring(field.utf8[scheme.endIndex...].drop { $0 == UInt8(ascii: " ") }))
    }

    private static func check(_ need: Need, _ request: HTTPRequest, _ caller: Caller) throws {
        do throws(IdentityError) {
            switch need {
            case .nothing: return
            case .grant(let grant): try caller.require(grant)
            case .completed(let text): try caller.require(try Grant(filled(text, request)))
            }
        } catch {
            throw Problem(error)
        }
    }

    /// The grant with the route's parameters in it: `procedure:{name}` on a route with `{name}`.
    private static func filled(_ text: String, _ request: HTTPRequest) -> String {
        guard let open = text.firstIndex(of: "{"), let close = text[open...].firstIndex(of: "}") else { return text }
        let name = String(text[text.index(after: open)..<close])
        // The value ends up in one part of the grant: a colon in it would name an action.
        let value = request.parameters[name].map { $0.contains(":") ? "" : $0 } ?? ""
        return text[..<open] + value + filled(String(text[text.index(after: close)...]), request)
    }
}

/// A body whose end is only told when the caller may still do what was asked for.
private struct GuardedBody: HTTPBodySource {
    private let source: any HTTPBodySource
    private let check: @Sendable () async throws -> Void

    init(_ source: any HTTPBodySource, _ check: @escaping @Sendable () async throws -> Void) {
        self.source = source
        self.check = check
    }

    func next() async throws -> [UInt8]? {
        if let chunk = try await source.next() { return chunk }
        try await check()
        return nil
    }
}
