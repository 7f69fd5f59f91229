import GantryBytes

extension JSONReader {
    /// Reads the string whose opening quote is at `offset`.
    mutating func string(_ bytes: Span<UInt8>) throws(JSONError) -> String {
        let start = offset + 1
        var index = start
        var seen: UInt8 = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                offset = index + 1
                return try text(start..<index, isASCII: seen < 0x80, bytes)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start, at: index, seen, bytes) }
            if byte < 0x20 { throw controlCharacter(at: index, bytes) }
            seen |= byte
            index += 1
        }
        throw end(bytes, "the closing quote")
    }

    /// Goes on with a string in which a backslash was found: finds its end, checks the bytes, resolves the escapes.
    private mutating func escapedString(
        from start: Int, at backslash: Int, _ seenBefore: UInt8, _ bytes: Span<UInt8>
    ) throws(JSONError) -> String {
        var seen = seenBefore
        var index = backslash
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            if bytes[index] == UInt8(ascii: "\\") { index += 1 }
            guard index < bytes.count else { break }
            if bytes[index] < 0x20 { throw controlCharacter(at: index, bytes) }
            seen |= bytes[index]
            index += 1
        }
        let isCut = index >= bytes.count
        let end = min(index, bytes.count)
        // Escapes are ASCII: the bytes between them are UTF-8 exactly when the whole is.
        if seen >= 0x80 && !isCut { try checkUTF8(start..<end, bytes) }
        let resolved = try resolve(start..<end, isCut: isCut, bytes)
        if isCut { throw self.end(bytes, "the closing quote") }
        offset = end + 1
        return String(decoding: resolved, as: UTF8.self)
    }

    private mutating func resolve(
        _ range: Range<Int>, isCut: Bool, _ bytes: Span<UInt8>
    ) throws(JSONError) -> [UInt8] {
        var resolved: [UInt8] = []
        resolved.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                resolved.append(byte)
                continue
            }
            guard index < range.upperBound else { throw end(bytes, "an escape") }
            let escape = bytes[index]
            index += 1
            if escape == UInt8(ascii: "u") {
                let scalar = try scalar(at: &index, range.upperBound, isCut: isCut, bytes)
                if let encoded = UTF8.encode(scalar) { resolved.append(contentsOf: encoded) }
            } else if let meant = Self.meaning(of: escape) {
                resolved.append(meant)
            } else {
                throw error(.invalidEscape, at: index - 1, bytes, "no escape begins with \(Self.name(escape))")
            }
        }
        return resolved
    }

    /// Reads the four digits at `index`, and the second half of a surrogate pair with them.
    private mutating func scalar(
        at index: inout Int, _ limit: Int, isCut: Bool, _ bytes: Span<UInt8>
    ) throws(JSONError) -> Unicode.Scalar {
        let escapeStart = index - 2
        let first = try codeUnit(at: &index, limit, isCut: isCut, bytes)
        if let scalar = Unicode.Scalar(first) { return scalar }
        let isFollowed =
            index + 1 < limit && bytes[index] == UInt8(ascii: "\\") && bytes[index + 1] == UInt8(ascii: "u")
        if first < 0xDC00 && isFollowed {
            var behind = index + 2
            let second = try codeUnit(at: &behind, limit, isCut: isCut, bytes)
            if (0xDC00...0xDFFF).contains(second) {
                index = behind
                let number = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
                if let scalar = Unicode.Scalar(number) { return scalar }
            }
        }
        if isCut { throw end(bytes, "the closing quote") }
        guard options.replacesLoneSurrogates else {
            throw error(.loneSurrogate, at: escapeStart, bytes, "half of a surrogate pair stands alone")
        }
        hasReplacedSurrogates = true
        return "\u{FFFD}"
    }

    private func codeUnit(
        at index: inout Int, _ limit: Int, isCut: Bool, _ bytes: Span<UInt8>
    ) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard index < limit else {
                if isCut { throw end(bytes, "a hex digit") }
                throw error(.invalidEscape, at: index, bytes, "expected four hex digits after \\u")
            }
            guard let digit = Hex.value(of: bytes[index]) else {
                throw error(.invalidEscape, at: index, bytes, "expected four hex digits after \\u")
            }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }

    private func text(_ range: Range<Int>, isASCII: Bool, _ bytes: Span<UInt8>) throws(JSONError) -> String {
        let span = bytes.extracting(range)
        if isASCII { return unsafe String(copying: UTF8Span(unchecked: span, isKnownASCII: true)) }
        do throws(UTF8.ValidationError) {
            return String(copying: try UTF8Span(validating: span))
        } catch {
            throw invalidUTF8(at: range.lowerBound + error.byteOffsets.lowerBound, bytes)
        }
    }

    private func checkUTF8(_ range: Range<Int>, _ bytes: Span<UInt8>) throws(JSONError) {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.extracting(range))
        } catch {
            throw invalidUTF8(at: range.lowerBound + error.byteOffsets.lowerBound, bytes)
        }
    }

    private func invalidUTF8(at place: Int, _ bytes: Span<UInt8>) -> JSONError {
        error(.invalidUTF8, at: place, bytes, "\(Self.name(bytes[place])) is not UTF-8 here")
    }

    private func controlCharacter(at place: Int, _ bytes: Span<UInt8>) -> JSONError {
        error(.controlCharacter, at: place, bytes, "\(Self.name(bytes[place])) must be escaped in a string")
    }

    private static func meaning(of escape: UInt8) -> UInt8? {
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): escape
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }
}
