/// The parsed first line of a request: ranges into the head's bytes.
struct HTTPRequestLine {
    let method: HTTPMethod
    let form: HTTPRequestHead.TargetForm
    let minorVersion: UInt8
    let target: Range<Int>
    let authority: Range<Int>?
    let path: Range<Int>
    let query: Range<Int>

    /// Longest method; the known ones have at most seven letters.
    private static let methodBytesMax = 32

    /// Reads `METHOD SP target SP HTTP/1.x` from `bytes[range]` (no line break); exactly one space between the parts.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPParseError) {
        guard let methodEnd = bytes.firstIndex(of: ByteClass.space, in: range), methodEnd > range.lowerBound else {
            throw HTTPParseError(.badRequestLine, "The request line has no method, target and version.")
        }
        for index in range.lowerBound..<methodEnd where !ByteClass.isToken(bytes[index]) {
            throw HTTPParseError(.badRequestLine, "The method is not a token.")
        }
        guard methodEnd - range.lowerBound <= Self.methodBytesMax else {
            throw HTTPParseError(.badRequestLine, "The method is longer than \(Self.methodBytesMax) bytes.")
        }
        let targetStart = methodEnd + 1
        guard let targetEnd = bytes.firstIndex(of: ByteClass.space, in: targetStart..<range.upperBound) else {
            throw HTTPParseError(.badRequestLine, "The request line has no version.")
        }
        guard targetEnd > targetStart else {
            throw HTTPParseError(.badRequestLine, "The parts of the request line are separated by one space each.")
        }
        method = HTTPMethod(bytes, range.lowerBound..<methodEnd)
        minorVersion = try Self.version(bytes, targetEnd + 1..<range.upperBound)
        target = targetStart..<targetEnd
        for index in target where !ByteClass.isTarget(bytes[index]) {
            throw HTTPParseError(.badTarget, "The request target holds a character that must be percent-encoded.")
        }
        let parts = try Self.split(bytes, target, method)
        (form, authority, path, query) = parts
    }

    private static func version(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPParseError) -> UInt8 {
        let start = range.lowerBound
        guard range.count == 8, bytes.equals("HTTP/", start..<start + 5), bytes[start + 6] == UInt8(ascii: "."),
            ByteClass.isDigit(bytes[start + 5]), ByteClass.isDigit(bytes[start + 7])
        else { throw HTTPParseError(.badRequestLine, "The request line does not end with an HTTP version.") }
        let minor = bytes[start + 7] - UInt8(ascii: "0")
        guard bytes[start + 5] == UInt8(ascii: "1"), minor <= 1 else {
            throw HTTPParseError(.versionNotSupported, "This server speaks HTTP/1.1 and HTTP/1.0.")
        }
        return minor
    }

    private typealias Parts = (HTTPRequestHead.TargetForm, Range<Int>?, Range<Int>, Range<Int>)

    private static func split(
        _ bytes: Span<UInt8>, _ target: Range<Int>, _ method: HTTPMethod
    ) throws(HTTPParseError) -> Parts {
        let empty = target.upperBound..<target.upperBound
        if method == .connect {
            guard isHost(bytes, target), hasPort(bytes, target) else {
                throw HTTPParseError(.badTarget, "CONNECT takes a target of the form host:port.")
            }
            return (.authority, target, empty, empty)
        }
        if bytes[target.lowerBound] == ByteClass.slash {
            let (path, query) = pathAndQuery(bytes, target)
            return (.origin, nil, path, query)
        }
        if target.count == 1, bytes[target.lowerBound] == UInt8(ascii: "*"), method == .options {
            return (.asterisk, nil, target, empty)
        }
        return try absolute(bytes, target)
    }

    private static func absolute(_ bytes: Span<UInt8>, _ target: Range<Int>) throws(HTTPParseError) -> Parts {
        var start: Int?
        for scheme in ["http://", "https://"] where target.count > scheme.utf8.count {
            let end = target.lowerBound + scheme.utf8.count
            if bytes.equalsIgnoringCase(scheme, target.lowerBound..<end) { start = end }
        }
        guard let start else {
            throw HTTPParseError(.badTarget, "The request target is neither a path nor an http URL.")
        }
        var end = start
        while end < target.upperBound, bytes[end] != ByteClass.slash, bytes[end] != UInt8(ascii: "?") { end += 1 }
        guard end > start, isHost(bytes, start..<end) else {
            throw HTTPParseError(.badTarget, "The URL in the request line has no valid host.")
        }
        let (path, query) = pathAndQuery(bytes, end..<target.upperBound)
        return (.absolute, start..<end, path, query)
    }

    private static func pathAndQuery(_ bytes: Span<UInt8>, _ range: Range<Int>) -> (Range<Int>, Range<Int>) {
        guard let mark = bytes.firstIndex(of: UInt8(ascii: "?"), in: range) else {
            return (range, range.upperBound..<range.upperBound)
        }
        return (range.lowerBound..<mark, mark + 1..<range.upperBound)
    }

    /// Whether `bytes[range]` is `uri-host [":" port]`; user information is refused, as RFC 9110 §4.2.4 advises.
    static func isHost(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return false }
        for index in range where !ByteClass.isHost(bytes[index]) { return false }
        var portStart = range.lowerBound
        if bytes[range.lowerBound] == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]"), in: range), bracket > range.lowerBound + 2
            else { return false }
            for index in range.lowerBound + 1..<bracket where bytes[index] == UInt8(ascii: "[") { return false }
            portStart = bracket + 1
        } else {
            while portStart < range.upperBound, bytes[portStart] != ByteClass.colon {
                if bytes[portStart] == UInt8(ascii: "[") || bytes[portStart] == UInt8(ascii: "]") { return false }
                portStart += 1
            }
            if portStart == range.lowerBound { return false }
        }
        guard portStart < range.upperBound else { return true }
        guard bytes[portStart] == ByteClass.colon, range.upperBound - portStart <= 6 else { return false }
        for index in portStart + 1..<range.upperBound where !ByteClass.isDigit(bytes[index]) { return false }
        return true
    }

    private static func hasPort(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var index = range.upperBound - 1
        while index > range.lowerBound, ByteClass.isDigit(bytes[index]) { index -= 1 }
        return index < range.upperBound - 1 && bytes[index] == ByteClass.colon
    }
}
