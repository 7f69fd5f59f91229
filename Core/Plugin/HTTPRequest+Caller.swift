public import GantryHTTP
public import GantryIdentity

/// Where the server keeps who sent a request.
package enum CallerKey: HTTPRequestKey {
    package typealias Value = Caller
}

extension HTTPRequest {
    /// Who sent the request. Nil on routes that are for everybody.
    public var caller: Caller? { self[CallerKey.self] }
}
