/// The request and response that turn an HTTP/1.1 connection into a raw stream (RFC 9110 §7.8).
struct UpgradeHandshake {
    private var reader: ResponseHeadReader
    private var line: [UInt8] = []

    init(limits: HTTPClientLimits) {
        reader = ResponseHeadReader(limits: limits)
    }

    /// The bytes of the request.
    static func request(_ request: HTTPClientRequest, protocol name: String, userAgent: String) -> [UInt8] {
        var text = "\(request.method) \(request.url.target) HTTP/1.1\r\n"
        if request.headers["Host"] == nil { text += "Host: \(request.url.hostField)\r\n" }
        if request.headers["User-Agent"] == nil { text += "User-Agent: \(userAgent)\r\n" }
        for field in request.headers.fields { text += "\(field.name): \(field.value)\r\n" }
        text += "Connection: Upgrade\r\nUpgrade: \(name)\r\n"
        if ["POST", "PUT", "PATCH"].contains(request.method) { text += "Content-Length: 0\r\n" }
        return Array((text + "\r\n").utf8)
    }

    /// Takes bytes as they come. Once the head is complete it is returned with how many of the bytes belong to it.
    mutating func take(
        _ bytes: Span<UInt8>
    ) throws(ResponseHeadReader.Problem) -> (head: HTTPClientResponseHead, used: Int)? {
        for index in bytes.indices {
            line.append(bytes[index])
            guard bytes[index] == 0x0A else {
                // The reader counts whole lines; a line without end must not grow past what it would accept.
                if line.count > reader.bytesMax { throw .tooLarge }
                continue
            }
            let whole = line
            line = []
            let isComplete = try reader.take(whole.span)
            if isComplete, let head = reader.final { return (head, index + 1) }
        }
        return nil
    }
}
