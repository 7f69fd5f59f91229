import GantryBytes

// Chunked bodies: size lines, data, trailers.
extension HTTPRequestParser {
    mutating func takeChunkLine(
        _ input: Span<UInt8>, _ position: inout Int, max: Int
    ) throws(HTTPParseError) -> Bool {
        guard position < input.count else { return false }
        let found = Self.lineFeed(input, from: position)
        let end = found.map { $0 + 1 } ?? input.count
        guard chunkLine.count + end - position <= max else {
            throw HTTPParseError(.badChunk, "A chunk's line is over \(max) bytes.")
        }
        chunkLine.append(input.extracting(position..<end))
        position = end
        return found != nil
    }

    /// `1*HEXDIG [BWS ";" extension] CRLF`
    mutating func readChunkLine() throws(HTTPParseError) {
        let (size, extensionCount) = try Self.chunkSize(chunkLine.span)
        chunkLine.removeAll(keepingCapacity: true)
        extensionBytes += extensionCount
        guard extensionBytes <= limits.chunkExtensionBytes else {
            throw HTTPParseError(.badChunk, "Chunk extensions exceed \(limits.chunkExtensionBytes) bytes.")
        }
        let (total, overflow) = bodyBytes.addingReportingOverflow(size)
        guard !overflow, total <= bodyBytesMax else { throw Self.bodyTooLarge(bodyBytesMax) }
        bodyBytes = total
        state = size == 0 ? .trailers : .chunk(size)
    }

    private static func chunkSize(_ span: Span<UInt8>) throws(HTTPParseError) -> (size: Int, extensionBytes: Int) {
        let line = try content(span, 0..<span.count)
        var size = 0
        var index = 0
        while index < line.upperBound, let digit = ByteClass.hexValue(span[index]) {
            guard index < 15 else { throw HTTPParseError(.badChunk, "A chunk's size has more than 15 digits.") }
            size = size << 4 | Int(digit)
            index += 1
        }
        guard index > 0 else { throw HTTPParseError(.badChunk, "A chunk has no hexadecimal size.") }
        if index < line.upperBound { try checkExtension(span, index..<line.upperBound) }
        return (size, line.upperBound - index)
    }

    private static func checkExtension(_ span: Span<UInt8>, _ range: Range<Int>) throws(HTTPParseError) {
        var index = range.lowerBound
        while index < range.upperBound, ByteClass.isBlank(span[index]) { index += 1 }
        guard index < range.upperBound, span[index] == UInt8(ascii: ";") else {
            throw HTTPParseError(.badChunk, "A chunk's size is followed by something else than an extension.")
        }
        for place in index..<range.upperBound where !ByteClass.isFieldValue(span[place]) {
            throw HTTPParseError(.badChunk, "A chunk extension holds a control character.")
        }
    }

    /// Takes the CR LF after a chunk's data, which may arrive in two pieces.
    mutating func takeChunkEnd(_ input: Span<UInt8>, _ position: inout Int) throws(HTTPParseError) -> Bool {
        while position < input.count {
            let wanted = chunkLine.isEmpty ? ByteClass.carriageReturn : ByteClass.lineFeed
            guard input[position] == wanted else {
                throw HTTPParseError(.badChunk, "A chunk is longer than its size says.")
            }
            position += 1
            guard chunkLine.isEmpty else {
                chunkLine.removeAll(keepingCapacity: true)
                state = .chunkLine
                return true
            }
            chunkLine.append(wanted)
        }
        return false
    }

    mutating func takeTrailerLine(_ input: Span<UInt8>, _ position: inout Int) throws(HTTPParseError) -> Bool {
        guard position < input.count else { return false }
        let found = Self.lineFeed(input, from: position)
        let end = found.map { $0 + 1 } ?? input.count
        trailerBytes += end - position
        guard trailerBytes <= limits.trailerBytes else {
            throw HTTPParseError(.headersTooLarge, "The trailers are over \(limits.trailerBytes) bytes.")
        }
        chunkLine.append(input.extracting(position..<end))
        position = end
        return found != nil
    }

    /// Checks a trailer line and drops it: no field that arrives after the body may change what the request means.
    mutating func readTrailerLine() throws(HTTPParseError) -> Bool {
        let line = try Self.content(chunkLine.span, 0..<chunkLine.count)
        guard !line.isEmpty else { return true }
        _ = try HTTPHeadBuilder.splitField(chunkLine.span, line)
        trailerCount += 1
        guard trailerCount <= limits.trailerCount else {
            throw HTTPParseError(.headersTooLarge, "There are more than \(limits.trailerCount) trailer fields.")
        }
        chunkLine.removeAll(keepingCapacity: true)
        return false
    }

    static func bodyTooLarge(_ bytesMax: Int) -> HTTPParseError {
        HTTPParseError(.bodyTooLarge, "The body may have at most \(bytesMax) bytes.")
    }
}
