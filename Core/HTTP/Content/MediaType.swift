import GantryBytes

/// A media type without its parameters, but for `charset` and `boundary` lookups: `text/html; charset=utf-8`.
package struct MediaType: Sendable, Hashable {
    /// `type/subtype` in lower case.
    package let name: String
    private let parameters: [String: String]

    /// Reads a Content-Type value; nil when it is no media type.
    package init?(_ text: String) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
        guard let first = parts.first, let slash = first.firstIndex(of: "/"), slash != first.startIndex,
            first.index(after: slash) != first.endIndex,
            first.utf8.allSatisfy({ ByteClass.isToken($0) || $0 == ByteClass.slash }),
            first.utf8.count(where: { $0 == ByteClass.slash }) == 1
        else { return nil }
        name = ASCII.lowercase(first)
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { continue }
            var value = String(part[part.index(after: equals)...])
            if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
                value = String(value.dropFirst().dropLast())
            }
            parameters[ASCII.lowercase(String(part[..<equals]))] = value
        }
        self.parameters = parameters
    }

    /// A parameter's value, by its name in lower case.
    package subscript(parameter: String) -> String? { parameters[parameter] }

    /// Whether gzip makes such content smaller.
    package var isCompressible: Bool {
        if name.hasPrefix("text/") { return name != "text/event-stream" }
        if name.hasSuffix("+json") || name.hasSuffix("+xml") { return true }
        switch name {
        case "application/json", "application/javascript", "application/xml", "application/wasm", "image/svg+xml",
            "application/x-ndjson", "font/ttf":
            return true
        default:
            return false
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let bytes = text.utf8.span
        return bytes.text(bytes.trimmingBlanks(0..<bytes.count))
    }
}
