/// A request path cut into segments; decoding is only paid for by paths with percent signs.
struct RoutePath {
    private let ranges: [Range<Int>]
    /// The decoded segments, when the path has percent signs.
    private let decoded: [String]?
    let isTooDeep: Bool

    var count: Int { ranges.count }

    /// Cuts `path`. Dot segments are refused: clients resolve them, and behind a decoder they would climb out of a
    /// folder.
    init(_ path: Span<UInt8>) throws(Problem) {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(8)
        var hasPercent = false
        var start = min(1, path.count)
        var index = start
        while index <= path.count {
            if index == path.count || path[index] == ByteClass.slash {
                ranges.append(start..<index)
                start = index + 1
            } else if path[index] == UInt8(ascii: "%") {
                hasPercent = true
            }
            index += 1
        }
        isTooDeep = ranges.count > HTTPLimits.pathSegments
        self.ranges = ranges
        var texts: [String]?
        if hasPercent, !isTooDeep {
            var list: [String] = []
            for range in ranges { list.append(try Self.decode(path, range)) }
            texts = list
        }
        decoded = texts
        for (position, range) in ranges.enumerated() where !isTooDeep {
            let isDots = texts.map { $0[position] == "." || $0[position] == ".." } ?? Self.isDots(path, range)
            if isDots { throw Problem.badRequest("bad-path", "The path holds a dot segment.") }
        }
    }

    private static func isDots(_ path: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let dot = UInt8(ascii: ".")
        return switch range.count {
        case 1: path[range.lowerBound] == dot
        case 2: path[range.lowerBound] == dot && path[range.lowerBound + 1] == dot
        default: false
        }
    }

    private static func decode(_ path: Span<UInt8>, _ range: Range<Int>) throws(Problem) -> String {
        guard let text = PercentCoding.decode(path, range), !text.utf8.contains(0) else {
            throw Problem.badRequest("bad-path", "The path is not percent-encoded UTF-8.")
        }
        return text
    }

    func segment(_ position: Int, equals literal: [UInt8], _ path: Span<UInt8>) -> Bool {
        if let decoded { return decoded[position].utf8.elementsEqual(literal) }
        let range = ranges[position]
        guard range.count == literal.count else { return false }
        for offset in literal.indices where path[range.lowerBound + offset] != literal[offset] { return false }
        return true
    }

    func text(_ position: Int, _ path: Span<UInt8>) -> String? {
        decoded.map { $0[position] } ?? PercentCoding.decode(path, ranges[position])
    }

    /// The segment's text when it is one to nineteen digits that fit `Int`.
    func number(_ position: Int, _ path: Span<UInt8>) -> String? {
        guard let text = text(position, path), !text.isEmpty, text.utf8.count <= 19,
            text.utf8.allSatisfy(ByteClass.isDigit), Int(text) != nil
        else { return nil }
        return text
    }

    /// The segments from `position` on with their slashes; nil when an encoded slash would look like one of them.
    func rest(_ position: Int, _ path: Span<UInt8>) -> String? {
        guard let decoded else { return PercentCoding.decode(path, ranges[position].lowerBound..<path.count) }
        let parts = decoded[position...]
        return parts.contains { $0.utf8.contains(ByteClass.slash) } ? nil : parts.joined(separator: "/")
    }
}
