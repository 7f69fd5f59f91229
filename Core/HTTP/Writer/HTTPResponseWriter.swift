package import GantryBytes

/// Turns replies into bytes (RFC 9112): no I/O, no clock; the date comes in as a finished line.
package enum HTTPResponseWriter {
    /// How the end of a reply's body is known.
    package enum Framing: Sendable, Equatable {
        /// There is no body and nothing is said about one: 1xx, 204, 304, and HEAD for a body of unknown length.
        case none
        /// A body of this length follows, or would follow a GET instead of this HEAD.
        case length(Int)
        case chunked
        /// The body ends with the connection: HTTP/1.0 without a length.
        case untilClose
    }

    /// What the head says about the connection.
    package enum Connection: Sendable, Equatable {
        /// Nothing: HTTP/1.1 stays open.
        case open
        /// `keep-alive`, which HTTP/1.0 needs to hear.
        case keepAlive
        case close
        /// `upgrade` to the named protocol.
        case upgrade(String)
    }

    package static let continueHead = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
    package static let lastChunk = Array("0\r\n\r\n".utf8)
    package static let lineBreak = Array("\r\n".utf8)

    /// Chooses the framing for a body of the given length (nil: not known before it ends).
    package static func framing(
        status: HTTPStatus, method: HTTPMethod, minorVersion: UInt8, bodyLength: Int?
    ) -> Framing {
        if status.hasNoBody { return .none }
        if let bodyLength { return .length(bodyLength) }
        if method == .head { return .none }
        return minorVersion == 1 ? .chunked : .untilClose
    }

    /// Appends a head. Fields that are the server's own business are left out of `headers`.
    ///
    /// `headers` must not have a refused name: the caller answers 500 instead.
    package static func appendHead(
        _ status: HTTPStatus, _ headers: HTTPHeaders, framing: Framing, connection: Connection, dateLine: [UInt8],
        requestID: String? = nil, to out: inout [UInt8]
    ) {
        precondition(!headers.isRefused, "a reply with a refused field must not be sent")
        if status == .ok { out.append(contentsOf: okLine) } else { appendStatusLine(status, to: &out) }
        let isDated = appendFields(headers, to: &out)
        if !isDated { out.append(contentsOf: dateLine) }
        if let requestID {
            out.append(contentsOf: idLabel)
            out.append(requestID)
            appendLineBreak(&out)
        }
        switch connection {
        case .open: break
        case .keepAlive: out.append(contentsOf: keepAliveLine)
        case .close: out.append(contentsOf: closeLine)
        case .upgrade(let name):
            out.append("Connection: upgrade\r\nUpgrade: ")
            out.append(name)
            appendLineBreak(&out)
        }
        switch framing {
        case .none, .untilClose: break
        case .length(let count):
            out.append(contentsOf: lengthLabel)
            appendDecimal(count, to: &out)
            appendLineBreak(&out)
        case .chunked: out.append(contentsOf: chunkedLine)
        }
        appendLineBreak(&out)
    }

    /// Appends the size line of a chunk; the data and a line break follow. A chunk of no bytes would end the body.
    package static func appendChunkSize(_ count: Int, to out: inout [UInt8]) {
        precondition(count > 0, "an empty chunk ends the body")
        var shift = (count.bitWidth - count.leadingZeroBitCount - 1) / 4 * 4
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: count >> shift) & 15
            out.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            shift -= 4
        }
        appendLineBreak(&out)
    }

    /// Appends a whole chunk.
    package static func appendChunk(_ bytes: [UInt8], to out: inout [UInt8]) {
        appendChunkSize(bytes.count, to: &out)
        out.append(contentsOf: bytes)
        appendLineBreak(&out)
    }

    /// `Date: …` with its line break.
    package static func dateLine(_ time: UnixTime) -> [UInt8] { Array("Date: \(time.httpDate)\r\n".utf8) }

    private static let okLine = Array("HTTP/1.1 200 OK\r\n".utf8)
    private static let keepAliveLine = Array("Connection: keep-alive\r\n".utf8)
    private static let closeLine = Array("Connection: close\r\n".utf8)
    private static let chunkedLine = Array("Transfer-Encoding: chunked\r\n".utf8)
    private static let idLabel = Array("X-Request-ID: ".utf8)
    private static let lengthLabel = Array("Content-Length: ".utf8)

    private static func appendStatusLine(_ status: HTTPStatus, to out: inout [UInt8]) {
        out.append("HTTP/1.1 ")
        appendDecimal(Int(status.code), to: &out)
        out.append(ByteClass.space)
        out.append(status.reason)
        appendLineBreak(&out)
    }

    /// Appends the fields but for those of the server; true when there was a date among them.
    private static func appendFields(_ headers: HTTPHeaders, to out: inout [UInt8]) -> Bool {
        let bytes = headers.bytes.span
        var isDated = false
        for field in headers.fields {
            switch field.name.count {
            case 4 where bytes.equalsIgnoringCase("date", field.name): isDated = true
            case 7
            where bytes.equalsIgnoringCase("trailer", field.name) || bytes.equalsIgnoringCase("upgrade", field.name),
                10
            where bytes.equalsIgnoringCase("connection", field.name)
                || bytes.equalsIgnoringCase("keep-alive", field.name),
                14 where bytes.equalsIgnoringCase("content-length", field.name),
                17 where bytes.equalsIgnoringCase("transfer-encoding", field.name):
                continue
            default: break
            }
            if field.value.lowerBound == field.name.upperBound + 2 {
                // With one colon and one blank between them, name and value are a line already.
                out.append(bytes.extracting(field.name.lowerBound..<field.value.upperBound))
            } else {
                out.append(bytes.extracting(field.name))
                out.append(ByteClass.colon)
                out.append(ByteClass.space)
                out.append(bytes.extracting(field.value))
            }
            appendLineBreak(&out)
        }
        return isDated
    }

    @inline(__always)
    private static func appendLineBreak(_ out: inout [UInt8]) {
        out.append(ByteClass.carriageReturn)
        out.append(ByteClass.lineFeed)
    }

    private static func appendDecimal(_ number: Int, to out: inout [UInt8]) {
        if number >= 10 { appendDecimal(number / 10, to: &out) }
        out.append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}
