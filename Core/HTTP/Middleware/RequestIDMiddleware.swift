/// Gives each reply its request's id; a client's own `X-Request-ID` is taken over when it is harmless.
package final class RequestIDMiddleware: HTTPMiddleware {
    /// Longest id that is taken over.
    package static let idBytesMax = 64

    package init() {}

    package func begin(_ request: inout HTTPRequest) -> HTTPResponse? {
        if let id = request.head.headers["X-Request-ID"], Self.isHarmless(id) { request.id = id }
        return nil
    }

    package func end(_ request: HTTPRequest, _ response: inout HTTPResponse) { response.tellsRequestID = true }

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
