/// The parameters of a query or of a form, decoded, in their order; a name may occur several times.
public struct HTTPParameters: Sendable, Hashable {
    /// One `name=value`.
    public struct Item: Sendable, Hashable {
        /// The decoded name.
        public let name: String
        /// The decoded value; empty when there is no `=`.
        public let value: String
    }

    /// All parameters.
    public private(set) var items: [Item] = []

    /// No parameters.
    public init() {}

    /// Reads `a=1&b=2`, with `+` for a space.
    package init(parsing bytes: Span<UInt8>) throws(Problem) {
        var start = 0
        while start < bytes.count {
            let end = bytes.firstIndex(of: UInt8(ascii: "&"), in: start..<bytes.count) ?? bytes.count
            if end > start { try append(bytes, start..<end) }
            start = end + 1
        }
    }

    private mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(Problem) {
        guard items.count < HTTPLimits.parameterCount else {
            throw Problem.badRequest(
                "too-many-parameters", "There are more than \(HTTPLimits.parameterCount) parameters.")
        }
        let equals = bytes.firstIndex(of: UInt8(ascii: "="), in: range)
        let valueRange = equals.map { $0 + 1..<range.upperBound } ?? range.upperBound..<range.upperBound
        guard
            let name = PercentCoding.decode(bytes, range.lowerBound..<(equals ?? range.upperBound), plusIsSpace: true),
            let value = PercentCoding.decode(bytes, valueRange, plusIsSpace: true)
        else { throw Problem.badRequest("bad-parameters", "A parameter is not percent-encoded UTF-8.") }
        items.append(Item(name: name, value: value))
    }

    /// The first value of `name`.
    public subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// All values of `name`, in order.
    public func values(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    /// Whether there is a parameter `name`.
    public func contains(_ name: String) -> Bool { items.contains { $0.name == name } }
}

extension HTTPRequest {
    /// Reads a body of `application/x-www-form-urlencoded`; throws a 415, 413 or 400 problem.
    public func form(upTo bytesMax: Int) async throws -> HTTPParameters {
        guard MediaType(headers["Content-Type"] ?? "")?.name == "application/x-www-form-urlencoded" else {
            throw Problem(
                "unsupported-media-type", .unsupportedMediaType, "Unsupported media type",
                detail: "The body must be application/x-www-form-urlencoded.")
        }
        let bytes = try await body.collect(upTo: bytesMax)
        return try HTTPParameters(parsing: bytes.span)
    }
}
