/// One layer around the routes. Its two halves run on the connection's loop and never wait, so that a layer costs a
/// request no task.
package protocol HTTPMiddleware: AnyObject, Sendable {
    /// Looks at a request on its way in. A reply or a problem from here is the answer: what is further inside does not
    /// see the request.
    func begin(_ request: inout HTTPRequest) throws -> HTTPResponse?

    /// Changes a reply on its way out; called once for each request that `begin` has let pass, and errors are replies
    /// by then.
    func end(_ request: HTTPRequest, _ response: inout HTTPResponse)
}

extension HTTPMiddleware {
    package func begin(_ request: inout HTTPRequest) throws -> HTTPResponse? { nil }
    package func end(_ request: HTTPRequest, _ response: inout HTTPResponse) {}
}
