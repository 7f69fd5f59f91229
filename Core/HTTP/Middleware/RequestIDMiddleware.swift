/// Gives each reply its request's id; a client's own `X-Request-ID` is taken over when it is harmless.
package struct RequestIDMiddleware: HTTPMiddleware {
    /// Longest id that is taken over.
    package static let idBytesMax = 64
    private static let name = "X-Request-ID"

    package init() {}

    package func handle(_ request: HTTPRequest, next: HTTPHandler) async throws -> HTTPResponse {
        var request = request
        if let id = request.headers[Self.name], Self.isHarmless(id) { request.id = id }
        var response: HTTPResponse
        do {
            response = try await next(request)
        } catch {
            // Here, because outside this layer the id of the client is not known.
            response = ErrorDocument.response(to: error, for: request)
        }
        response.headers.add(Self.name, request.id)
        return response
    }

    private static func isHarmless(_ id: String) -> Bool {
        (1...idBytesMax).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
