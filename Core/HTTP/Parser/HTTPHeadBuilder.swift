/// Collects the lines of one head and decides, at the empty line, what the request is.
///
/// The rules against request smuggling stand here: one length only, written one way.
struct HTTPHeadBuilder {
    private(set) var bytes: [UInt8] = []
    private var fields: [HTTPHeaders.Field] = []
    private var line: HTTPRequestLine?
    private var contentLength: Int?
    private var isChunked = false
    private var host: Range<Int>?
    private var expectsContinue = false
    private var connection = HTTPConnectionOptions()

    var hasLine: Bool { line != nil }
    var isEmpty: Bool { bytes.isEmpty }

    mutating func reserve(_ count: Int) {
        bytes.reserveCapacity(count)
        fields.reserveCapacity(12)
    }

    mutating func append(_ part: Span<UInt8>) { bytes.append(part) }

    /// Forgets the empty line before a request line.
    mutating func dropLine() { bytes.removeAll(keepingCapacity: true) }

    mutating func addRequestLine(_ range: Range<Int>) throws(HTTPParseError) {
        line = try HTTPRequestLine(bytes.span, range)
    }

    mutating func addField(_ range: Range<Int>, countMax: Int) throws(HTTPParseError) {
        let (name, value) = try Self.splitField(bytes.span, range)
        guard fields.count < countMax else {
            throw HTTPParseError(.headersTooLarge, "The request has more than \(countMax) header fields.")
        }
        fields.append(
            HTTPHeaders.Field(
                nameStart: UInt32(name.lowerBound), nameLength: UInt32(name.count),
                valueStart: UInt32(value.lowerBound), valueLength: UInt32(value.count)))
        try noteSpecial(name, value)
    }

    /// `name ":" OWS value OWS`; a folded line, a blank before the colon and control characters are refused.
    static func splitField(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPParseError) -> (name: Range<Int>, value: Range<Int>) {
        var index = range.lowerBound
        while index < range.upperBound, ByteClass.isToken(bytes[index]) { index += 1 }
        guard index > range.lowerBound else {
            let folded = index < range.upperBound && ByteClass.isBlank(bytes[index])
            throw HTTPParseError(
                .badHeader, folded ? "A header line begins with a blank." : "A header line has no field name.")
        }
        guard index < range.upperBound, bytes[index] == ByteClass.colon else {
            throw HTTPParseError(.badHeader, "A field name is not followed by a colon at once.")
        }
        let name = range.lowerBound..<index
        index += 1
        for place in index..<range.upperBound where !ByteClass.isFieldValue(bytes[place]) {
            let isBreak = bytes[place] == ByteClass.carriageReturn
            throw HTTPParseError(
                isBreak ? .badLineBreak : .badHeader,
                isBreak ? "A carriage return stands alone." : "A field value holds a control character.")
        }
        return (name, bytes.trimmingBlanks(index..<range.upperBound))
    }

    private mutating func noteSpecial(_ name: Range<Int>, _ value: Range<Int>) throws(HTTPParseError) {
        let span = bytes.span
        switch name.count {
        case 4 where span.equalsIgnoringCase("host", name):
            guard host == nil else { throw HTTPParseError(.badHost, "The request has more than one Host field.") }
            host = value
        case 6 where span.equalsIgnoringCase("expect", name):
            guard span.equalsIgnoringCase("100-continue", value) else {
                throw HTTPParseError(.expectationFailed, "The only expectation this server meets is 100-continue.")
            }
            expectsContinue = true
        case 10 where span.equalsIgnoringCase("connection", name):
            connection.read(span, value)
        case 14 where span.equalsIgnoringCase("content-length", name):
            guard contentLength == nil else {
                throw HTTPParseError(.badContentLength, "The request has more than one Content-Length.")
            }
            contentLength = try Self.length(span, value)
        case 17 where span.equalsIgnoringCase("transfer-encoding", name):
            guard !isChunked else {
                throw HTTPParseError(.badTransferEncoding, "The request has more than one Transfer-Encoding.")
            }
            guard span.equalsIgnoringCase("chunked", value) else {
                throw HTTPParseError(
                    .transferCodingUnknown, "The only transfer coding this server reads is chunked, once.")
            }
            isChunked = true
        default:
            break
        }
    }

    private static func length(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPParseError) -> Int {
        guard !range.isEmpty, range.count <= 18 else {
            throw HTTPParseError(.badContentLength, "Content-Length is not a number of 1 to 18 digits.")
        }
        var value = 0
        for index in range {
            guard ByteClass.isDigit(bytes[index]) else {
                throw HTTPParseError(.badContentLength, "Content-Length is not a plain number.")
            }
            value = value * 10 + Int(bytes[index] - UInt8(ascii: "0"))
        }
        return value
    }

    /// Checks what only the whole head can tell, and gives it away; the builder is empty afterwards.
    mutating func finish() throws(HTTPParseError) -> HTTPRequestHead? {
        guard let line else { return nil }
        let framing = try framing(line)
        let authority = try authority(line)
        defer { self = HTTPHeadBuilder() }
        return HTTPRequestHead(
            line: line, headers: HTTPHeaders(bytes: bytes, fields: fields), framing: framing, connection: connection,
            expectsContinue: expectsContinue && line.minorVersion == 1 && framing != .none && framing != .length(0),
            authorityRange: authority)
    }

    private func framing(_ line: HTTPRequestLine) throws(HTTPParseError) -> HTTPRequestHead.Framing {
        if isChunked {
            guard contentLength == nil else {
                throw HTTPParseError(.ambiguousLength, "Content-Length and Transfer-Encoding exclude each other.")
            }
            guard line.minorVersion == 1 else {
                throw HTTPParseError(.badTransferEncoding, "HTTP/1.0 has no Transfer-Encoding.")
            }
        }
        guard line.method != .connect || (!isChunked && contentLength == nil) else {
            throw HTTPParseError(.bodyNotAllowed, "CONNECT takes no body.")
        }
        if isChunked { return .chunked }
        return contentLength.map { .length($0) } ?? .none
    }

    private func authority(_ line: HTTPRequestLine) throws(HTTPParseError) -> Range<Int>? {
        guard let host else {
            guard line.minorVersion == 0 else { throw HTTPParseError(.badHost, "The request has no Host field.") }
            return line.authority
        }
        guard HTTPRequestLine.isHost(bytes.span, host) else {
            throw HTTPParseError(.badHost, "The Host field is not a host with an optional port.")
        }
        return line.authority ?? host
    }
}
