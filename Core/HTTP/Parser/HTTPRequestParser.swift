import GantryBytes
import Glibc

/// Reads the requests of one connection (RFC 9112, strictly) from whatever pieces arrive, one event at a time.
///
/// No I/O, no clock. The parser keeps the bytes of an unfinished head or chunk line and nothing else: body bytes are reported as ranges of
/// the input. How the input is cut never changes what is reported, but for the places where body ranges are cut.
package struct HTTPRequestParser {
    package enum Event {
        /// All input is used up.
        case needsMore
        case head(HTTPRequestHead)
        /// A part of the body: a range of the input that was given.
        case body(Range<Int>)
        /// The request is complete; the next one follows.
        case end
    }

    private enum State {
        case line
        case fields
        case length(Int)
        case chunkLine
        case chunk(Int)
        case chunkEnd
        case trailers
        case bodyless
        case failed(HTTPParseError)
    }

    private let limits: HTTPLimits
    private var state = State.line
    private var head = HTTPHeadBuilder()
    /// Where the current line of the head begins.
    private var lineStart = 0
    private var skippedEmptyLine = false
    private var chunkLine: [UInt8] = []
    private var extensionBytes = 0
    private var trailerBytes = 0
    private var trailerCount = 0
    private var bodyBytes = 0
    private var bodyBytesMax: Int

    package init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
        bodyBytesMax = limits.bodyBytes
    }

    /// Whether no byte of a next request has been seen.
    package var isBetweenRequests: Bool {
        if case .line = state { head.isEmpty } else { false }
    }

    /// Whether the input was refused; nothing can be read any more.
    package var hasFailed: Bool {
        if case .failed = state { true } else { false }
    }

    /// What is known to be missing of the body; nil for a chunked one.
    package var missingBodyBytes: Int? {
        switch state {
        case .length(let left): left
        case .chunkLine, .chunk, .chunkEnd, .trailers, .failed: nil
        case .line, .fields, .bodyless: 0
        }
    }

    /// Sets the body limit of the request whose head was just reported; the next request starts with the default again.
    package mutating func limitBody(to bytesMax: Int) throws(HTTPParseError) {
        bodyBytesMax = bytesMax
        if case .length(let left) = state, bodyBytes + left > bytesMax { throw fail(Self.bodyTooLarge(bytesMax)) }
    }

    /// Says that the peer sends nothing more: throws when that cuts a request.
    package mutating func finish() throws(HTTPParseError) {
        switch state {
        case .failed(let error): throw error
        case .line where head.isEmpty: return
        default: throw fail(HTTPParseError(.truncated, "The connection ended inside a request."))
        }
    }

    /// Reads on from `input[position]` to the next event and moves `position` behind what was used.
    package mutating func next(_ input: Span<UInt8>, at position: inout Int) throws(HTTPParseError) -> Event {
        do {
            return try advance(input, &position)
        } catch {
            throw fail(error)
        }
    }

    private mutating func fail(_ error: HTTPParseError) -> HTTPParseError {
        state = .failed(error)
        head = HTTPHeadBuilder()
        chunkLine = []
        return error
    }

    private mutating func advance(_ input: Span<UInt8>, _ position: inout Int) throws(HTTPParseError) -> Event {
        while true {
            switch state {
            case .line, .fields:
                guard try takeHeadLine(input, &position) else { return .needsMore }
                if let head = try endOfHeadLine() { return try begin(head) }
            case .length(let left):
                guard left > 0 else { return endRequest() }
                guard left <= bodyBytesMax else { throw Self.bodyTooLarge(bodyBytesMax) }
                guard position < input.count else { return .needsMore }
                let part = takePart(input, &position, left)
                state = .length(left - part.count)
                return .body(part)
            case .chunkLine:
                guard try takeChunkLine(input, &position, max: 20 + limits.chunkExtensionBytes) else {
                    return .needsMore
                }
                try readChunkLine()
            case .chunk(let left):
                guard position < input.count else { return .needsMore }
                let part = takePart(input, &position, left)
                state = part.count == left ? .chunkEnd : .chunk(left - part.count)
                return .body(part)
            case .chunkEnd:
                guard try takeChunkEnd(input, &position) else { return .needsMore }
            case .trailers:
                guard try takeTrailerLine(input, &position) else { return .needsMore }
                if try readTrailerLine() { return endRequest() }
            case .bodyless:
                return endRequest()
            case .failed(let error):
                throw error
            }
        }
    }

    private func takePart(_ input: Span<UInt8>, _ position: inout Int, _ left: Int) -> Range<Int> {
        let end = position + min(left, input.count - position)
        defer { position = end }
        return position..<end
    }

    private mutating func endRequest() -> Event {
        state = .line
        lineStart = 0
        skippedEmptyLine = false
        chunkLine = []
        return .end
    }

    // MARK: - Head

    /// Moves input up to a line feed into the head; false when there is none yet.
    private mutating func takeHeadLine(_ input: Span<UInt8>, _ position: inout Int) throws(HTTPParseError) -> Bool {
        guard position < input.count else { return false }
        if head.isEmpty { head.reserve(min(max(input.count - position, 128), 1024)) }
        let found = Self.lineFeed(input, from: position)
        let end = found.map { $0 + 1 } ?? input.count
        let isLine = !head.hasLine
        let room = isLine ? limits.requestLineBytes - head.bytes.count : limits.headBytes - head.bytes.count
        guard end - position <= room else {
            throw isLine
                ? HTTPParseError(.requestLineTooLong, "The request line is over \(limits.requestLineBytes) bytes.")
                : HTTPParseError(.headersTooLarge, "The request head is over \(limits.headBytes) bytes.")
        }
        head.append(input.extracting(position..<end))
        position = end
        return found != nil
    }

    /// Reads the line that ends the head's bytes; gives the head when that was the empty line.
    private mutating func endOfHeadLine() throws(HTTPParseError) -> HTTPRequestHead? {
        let range = try Self.content(head.bytes.span, lineStart..<head.bytes.count)
        lineStart = head.bytes.count
        if head.hasLine {
            guard range.isEmpty else {
                try head.addField(range, countMax: limits.headerCount)
                return nil
            }
            return try head.finish()
        }
        guard !range.isEmpty else {
            // One empty line before a request is tolerated (RFC 9112 §2.2): old clients send it after a body.
            guard !skippedEmptyLine else { throw HTTPParseError(.badRequestLine, "The request line is empty.") }
            skippedEmptyLine = true
            head.dropLine()
            lineStart = 0
            return nil
        }
        try head.addRequestLine(range)
        state = .fields
        return nil
    }

    private mutating func begin(_ head: HTTPRequestHead) throws(HTTPParseError) -> Event {
        bodyBytes = 0
        extensionBytes = 0
        trailerBytes = 0
        trailerCount = 0
        bodyBytesMax = limits.bodyBytes
        switch head.framing {
        case .none: state = .bodyless
        case .chunked: state = .chunkLine
        case .length(let count): state = .length(count)
        }
        return .head(head)
    }

    // MARK: - Lines

    private static func lineFeed(_ input: Span<UInt8>, from start: Int) -> Int? {
        unsafe input.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return nil }
            let found = unsafe memchr(base + start, Int32(ByteClass.lineFeed), buffer.count - start)
            guard let found = unsafe found else { return nil }
            return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// The line without its CR LF; a line feed alone is refused, because others might read the line differently.
    private static func content(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(HTTPParseError) -> Range<Int> {
        guard line.count >= 2, bytes[line.upperBound - 2] == ByteClass.carriageReturn else {
            throw HTTPParseError(.badLineBreak, "A line does not end with carriage return and line feed.")
        }
        return line.lowerBound..<line.upperBound - 2
    }
}

// MARK: - Chunked bodies

extension HTTPRequestParser {
    private mutating func takeChunkLine(
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
    private mutating func readChunkLine() throws(HTTPParseError) {
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
    private mutating func takeChunkEnd(_ input: Span<UInt8>, _ position: inout Int) throws(HTTPParseError) -> Bool {
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

    private mutating func takeTrailerLine(_ input: Span<UInt8>, _ position: inout Int) throws(HTTPParseError) -> Bool {
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
    private mutating func readTrailerLine() throws(HTTPParseError) -> Bool {
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

    fileprivate static func bodyTooLarge(_ bytesMax: Int) -> HTTPParseError {
        HTTPParseError(.bodyTooLarge, "The body may have at most \(bytesMax) bytes.")
    }
}
