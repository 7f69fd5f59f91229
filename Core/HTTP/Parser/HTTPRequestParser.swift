import GantryBytes
import Glibc

/// Reads the requests of one connection (RFC 9112, strictly) from whatever pieces arrive, one event at a time.
///
/// No I/O, no clock. The parser keeps the bytes of an unfinished head or chunk line and nothing else: body bytes are
/// reported as ranges of the input. How the input is cut never changes what is reported, but for the places where body
/// ranges are cut.
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

    enum State {
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

    let limits: HTTPLimits
    var state = State.line
    private var head = HTTPHeadBuilder()
    /// Where the current line of the head begins.
    private var lineStart = 0
    private var skippedEmptyLine = false
    var chunkLine: [UInt8] = []
    var extensionBytes = 0
    var trailerBytes = 0
    var trailerCount = 0
    var bodyBytes = 0
    var bodyBytesMax: Int

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

    static func lineFeed(_ input: Span<UInt8>, from start: Int) -> Int? {
        unsafe input.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return nil }
            let found = unsafe memchr(base + start, Int32(ByteClass.lineFeed), buffer.count - start)
            guard let found = unsafe found else { return nil }
            return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// The line without its CR LF; a line feed alone is refused, because others might read the line differently.
    static func content(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(HTTPParseError) -> Range<Int> {
        guard line.count >= 2, bytes[line.upperBound - 2] == ByteClass.carriageReturn else {
            throw HTTPParseError(.badLineBreak, "A line does not end with carriage return and line feed.")
        }
        return line.lowerBound..<line.upperBound - 2
    }
}
