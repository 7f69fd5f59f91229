import GantryHTTP

extension HTTPRequest {
    /// A GET request, read by the real parser.
    static func test(_ path: String, host: String?, isSecure: Bool = false) throws -> HTTPRequest {
        let text = "GET \(path) HTTP/1.1\r\nHost: \(host ?? "")\r\n\r\n"
        var parser = HTTPRequestParser()
        var position = 0
        let bytes = Array(text.utf8)
        guard case .head(let head) = try parser.next(bytes.span, at: &position) else { throw Problem.internalError() }
        return HTTPRequest(head: head, connection: HTTPConnectionInfo(isSecure: isSecure))
    }
}
