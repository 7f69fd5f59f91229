/// What a head's special fields say: the length of the body, the host, the fate of the connection.
struct HTTPHeadFacts {
    private var contentLength: Int?
    private var isChunked = false
    private var host: Range<Int>?
    private(set) var expectsContinue = false
    private(set) var connection = HTTPConnectionOptions()

    mutating func note(
        _ span: Span<UInt8>, _ name: Range<Int>, _ value: Range<Int>
    ) throws(HTTPParseError) {
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

    func framing(_ line: HTTPRequestLine) throws(HTTPParseError) -> HTTPRequestHead.Framing {
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

    /// The authority of the target, which wins over the Host field (RFC 9112 §3.2.2); both must be well-formed.
    func authority(_ bytes: Span<UInt8>, _ line: HTTPRequestLine) throws(HTTPParseError) -> Range<Int>? {
        guard let host else {
            guard line.minorVersion == 0 else { throw HTTPParseError(.badHost, "The request has no Host field.") }
            return line.authority
        }
        guard HTTPRequestLine.isHost(bytes, host) else {
            throw HTTPParseError(.badHost, "The Host field is not a host with an optional port.")
        }
        return line.authority ?? host
    }
}
