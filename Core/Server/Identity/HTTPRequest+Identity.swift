import GantryEventLoop
import GantryHTTP
import GantryIdentity
import GantryLog
import GantryPlugin

/// What the routes of identity have in common: who asks, whom it is about, and how errors become replies.
extension HTTPRequest {
    /// The caller of a route that is not for everybody.
    var signedIn: Caller {
        get throws {
            guard let caller else { throw Problem.internalError() }
            return caller
        }
    }

    /// The caller, who must have signed in: an API token or a certificate may not make or end what signs in.
    var managing: Caller {
        get throws {
            let caller = try signedIn
            guard case .session = caller.proof else {
                throw Problem(
                    IdentityError(
                        .sessionRequired,
                        "passwords, keys, tokens and sessions are managed by a signed-in user: use `gantry login`"))
            }
            return caller
        }
    }

    /// Whose things the request is about: the caller's own, or those of the user that an administrator names.
    func subject(named name: String?, _ caller: Caller) throws -> String {
        guard let name, name != caller.userName else { return caller.userName }
        do throws(IdentityError) {
            try caller.require(.admin)
        } catch {
            throw Problem(error)
        }
        return name
    }

    /// The user to whom a thing must belong: nil for an administrator, who may touch everybody's.
    func owner(_ caller: Caller) -> String? { caller.may(.admin) ? nil : caller.userID }

    var loginOrigin: LoginOrigin { LoginOrigin(address: remoteText, request: id) }

    /// How many elements of a list are wanted.
    func pageSize(max: Int) throws -> Int {
        guard let text = try query["limit"] else { return min(100, max) }
        guard let limit = Int(text), (1...max).contains(limit) else {
            throw JSONFields.fault("limit", "must be an integer 1…\(max)")
        }
        return limit
    }
}

/// A handler whose errors of identity become the problems that clients know.
func identityHandler(_ body: @escaping HTTPHandler) -> HTTPHandler {
    { request in
        do {
            return try await body(request)
        } catch let error as IdentityError {
            throw Problem(forClient: error, request.logger)
        }
    }
}

extension Problem {
    /// The same, and the log learns what the client does not.
    init(forClient error: IdentityError, _ logger: Logger) {
        if error.code == .unavailable {
            logger.error("identity is not available", ["error": .string(error.message)])
        }
        self.init(error)
    }
}

extension HTTPRequest {
    /// What the audit log says of who asked, and from where.
    var auditContext: AuditContext {
        AuditContext(actor: caller?.userName ?? "", address: remoteText, request: id)
    }

    /// The client's address without its port.
    var remoteText: String { remote.clientText }
}
