/// A route's path as segments: `/api/v1/jobs/{id}` is three literals and a parameter.
package struct RoutePattern: Sendable, Hashable {
    /// One part between slashes.
    package enum Segment: Sendable, Hashable {
        case literal(String)
        /// A segment of digits that fits `Int`.
        case int(String)
        case text(String)
        /// Everything that follows, with its slashes; never empty.
        case rest(String)

        package var parameterName: String? {
            switch self {
            case .literal: nil
            case .int(let name), .text(let name), .rest(let name): name
            }
        }
    }

    package let text: String
    package let segments: [Segment]

    package var parameterNames: [String] { segments.compactMap(\.parameterName) }

    /// Reads a pattern; the thrown text says what is wrong with it.
    package init(_ text: String) throws(RouteError) {
        guard text.hasPrefix("/") else { throw RouteError("The route \(text) does not begin with a slash.") }
        var segments: [Segment] = []
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            if case .rest = segments.last {
                throw RouteError("The route \(text) goes on after {…:path}, which takes all the rest.")
            }
            segments.append(try Self.segment(String(part), of: text))
        }
        guard segments.count <= HTTPLimits.pathSegments else {
            throw RouteError("The route \(text) has more than \(HTTPLimits.pathSegments) segments.")
        }
        let names = segments.compactMap(\.parameterName)
        guard Set(names).count == names.count else { throw RouteError("The route \(text) names a parameter twice.") }
        self.text = text
        self.segments = segments
    }

    private static func segment(_ part: String, of pattern: String) throws(RouteError) -> Segment {
        guard part.hasPrefix("{"), part.hasSuffix("}") else {
            guard !part.contains("{"), !part.contains("}") else {
                throw RouteError("In the route \(pattern) a parameter is not a whole segment.")
            }
            return .literal(part)
        }
        let inner = part.dropFirst().dropLast().split(separator: ":", omittingEmptySubsequences: false)
        guard let name = inner.first, !name.isEmpty, inner.count <= 2,
            name.utf8.allSatisfy({ ByteClass.isToken($0) })
        else { throw RouteError("The route \(pattern) has a parameter without a proper name.") }
        switch inner.count == 2 ? inner[1] : "text" {
        case "text": return .text(String(name))
        case "int": return .int(String(name))
        case "path": return .rest(String(name))
        default: throw RouteError("The route \(pattern) has a parameter that is not of the type int, text or path.")
        }
    }

    /// The path with names in place of types, as OpenAPI writes it.
    package var openAPIPath: String {
        "/"
            + segments.map { segment in
                if case .literal(let text) = segment { text } else { "{\(segment.parameterName ?? "")}" }
            }.joined(separator: "/")
    }
}

/// A fault of the route table, found when the router is built.
package struct RouteError: Error, Hashable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
