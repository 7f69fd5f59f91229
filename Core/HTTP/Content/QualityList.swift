import GantryBytes

/// The members of an Accept-like field with their weights (RFC 9110 §12.4.2): `gzip;q=0.8, *;q=0`.
package struct QualityList: Sendable, Hashable {
    /// One member: its text in lower case without parameters, its weight in thousandths, and its place.
    package struct Member: Sendable, Hashable {
        package let name: String
        package let weight: Int
    }

    /// Most members that are looked at; the rest is ignored.
    package static let memberCountMax = 64

    package private(set) var members: [Member] = []

    /// Reads a field value; members that are malformed are left out.
    package init(_ text: String) {
        for part in text.split(separator: ",").prefix(Self.memberCountMax) {
            let pieces = part.split(separator: ";").map { Self.trimmed($0) }
            guard let name = pieces.first, !name.isEmpty else { continue }
            var weight = 1000
            var isValid = true
            for piece in pieces.dropFirst() where piece.hasPrefix("q=") || piece.hasPrefix("Q=") {
                if let parsed = Self.weight(piece.dropFirst(2)) { weight = parsed } else { isValid = false }
            }
            if isValid { members.append(Member(name: ASCII.lowercase(name), weight: weight)) }
        }
    }

    /// The weight of a coding or language: its own, else that of `*`, else nil.
    package func weight(of name: String) -> Int? {
        members.first { $0.name == name }?.weight ?? members.first { $0.name == "*" }?.weight
    }

    /// The weight of a media type: of `type/subtype`, else `type/*`, else `*/*`; 1000 when the list is empty.
    package func weight(ofMediaType name: String) -> Int {
        if members.isEmpty { return 1000 }
        let range = name.split(separator: "/").first.map { "\($0)/*" } ?? "*/*"
        for candidate in [name, range, "*/*"] {
            if let found = members.first(where: { $0.name == candidate }) { return found.weight }
        }
        return 0
    }

    /// The offer the client likes best; the first of equals, nil when it accepts none.
    package func best(ofMediaTypes offers: [String]) -> String? {
        var best: (name: String, weight: Int)?
        for offer in offers {
            let weight = weight(ofMediaType: offer)
            if weight > (best?.weight ?? 0) { best = (offer, weight) }
        }
        return best?.name
    }

    /// `0`, `0.5`, `1.000` in thousandths.
    private static func weight(_ text: Substring) -> Int? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1"), bytes.count <= 5 else {
            return nil
        }
        guard bytes.count == 1 || bytes[1] == UInt8(ascii: ".") else { return nil }
        var weight = first == UInt8(ascii: "1") ? 1000 : 0
        var unit = 100
        for byte in bytes.dropFirst(2) {
            guard ByteClass.isDigit(byte) else { return nil }
            weight += Int(byte - UInt8(ascii: "0")) * unit
            unit /= 10
        }
        return weight <= 1000 ? weight : nil
    }

    private static func trimmed(_ text: Substring) -> String {
        let bytes = text.utf8.span
        return bytes.text(bytes.trimmingBlanks(0..<bytes.count))
    }
}
