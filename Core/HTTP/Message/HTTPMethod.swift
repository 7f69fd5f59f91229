/// A request method: a case-sensitive token, open to methods that have no constant here.
public struct HTTPMethod: Sendable, Hashable, CustomStringConvertible {
    /// The method as it stands in the request line.
    public let rawValue: String

    /// Makes the method named `rawValue`, which is compared with its case.
    public init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// The method as it stands in the request line.
    public var description: String { rawValue }
}

extension HTTPMethod {
    /// Reads a resource.
    public static var get: Self { Self("GET") }
    /// Like `get`, but only the head of the reply.
    public static var head: Self { Self("HEAD") }
    /// Creates or does something.
    public static var post: Self { Self("POST") }
    /// Creates or replaces a resource.
    public static var put: Self { Self("PUT") }
    /// Changes a part of a resource.
    public static var patch: Self { Self("PATCH") }
    /// Removes a resource.
    public static var delete: Self { Self("DELETE") }
    /// Asks what is possible.
    public static var options: Self { Self("OPTIONS") }
    /// Asks for a raw connection to the target.
    public static var connect: Self { Self("CONNECT") }
    /// Asks for an echo of the request; never served.
    public static var trace: Self { Self("TRACE") }

    /// The methods a server of RFC 9110 knows; any other one is answered with 501.
    package static let known: Set<HTTPMethod> = [
        .get, .head, .post, .put, .patch, .delete, .options, .connect, .trace,
    ]

    /// The method in `bytes[range]`, which must be a token; the frequent ones cost no text work.
    package init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let first = bytes[range.lowerBound]
        switch range.count {
        case 3 where first == UInt8(ascii: "G") && bytes.equals("GET", range): self = .get
        case 3 where first == UInt8(ascii: "P") && bytes.equals("PUT", range): self = .put
        case 4 where first == UInt8(ascii: "P") && bytes.equals("POST", range): self = .post
        case 4 where first == UInt8(ascii: "H") && bytes.equals("HEAD", range): self = .head
        default: self.init(bytes.text(range))
        }
    }
}
