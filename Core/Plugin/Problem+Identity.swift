package import GantryHTTP
package import GantryIdentity
import GantryJSON

extension Problem {
    /// An error of the identity services as the client sees it. What is wrong with the store is for the log only.
    package init(_ error: IdentityError) {
        let (status, title): (HTTPStatus, String) =
            switch error.code {
            case .invalid: (.badRequest, "Bad request")
            case .notFound: (.notFound, "Not found")
            case .taken, .conflict: (.conflict, "Conflict")
            case .loginFailed: (.unauthorized, "Login failed")
            case .signInRequired: (.unauthorized, "Sign in")
            case .disabled, .passwordChangeNeeded, .grantMissing, .sessionRequired: (.forbidden, "Not allowed")
            case .tooMany: (.tooManyRequests, "Too many attempts")
            case .limit: (.conflict, "Limit reached")
            default: (.serviceUnavailable, "Not available")
            }
        var headers = HTTPHeaders()
        if status == .unauthorized { headers["WWW-Authenticate"] = #"Bearer realm="gantry""# }
        let isOurs = error.code == .unavailable
        if let wait = isOurs ? .seconds(1) : error.retryAfter {
            headers["Retry-After"] = "\(max(1, wait.roundedUpSeconds))"
        }
        var extensions: [String: JSONValue] = [:]
        if let grant = error.grant { extensions["grant"] = .string(grant.description) }
        self.init(
            error.code.rawValue, status, title,
            detail: isOurs ? "the server cannot look after users now" : error.message, extensions: extensions,
            headers: headers)
    }
}

extension Duration {
    fileprivate var roundedUpSeconds: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }
}
