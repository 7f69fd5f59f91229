/// One event of a `text/event-stream`.
public struct ServerSentEvent: Sendable, Hashable {
    /// The payload; each of its lines becomes a `data:` line.
    public var text: String
    /// The event's type; line breaks in it are dropped.
    public var event: String?
    /// What a reconnecting client sends as `Last-Event-ID`; line breaks and zero bytes in it are dropped.
    public var id: String?
    /// How long a client waits before it reconnects.
    public var retryMilliseconds: Int?

    /// Makes an event.
    public init(_ text: String, event: String? = nil, id: String? = nil, retryMilliseconds: Int? = nil) {
        self.text = text
        self.event = event
        self.id = id
        self.retryMilliseconds = retryMilliseconds
    }

    /// A comment, which clients ignore: it keeps the connection alive. It is long enough to count for clients that give
    /// a stream up which brings less than a byte per second over some seconds.
    package static let heartbeat = Array(": nothing new\n\n".utf8)

    /// The event's lines with the empty line that ends it.
    package func encoded() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count + 32)
        if let event { Self.append("event: ", event, to: &out) }
        if let id { Self.append("id: ", id, to: &out) }
        if let retryMilliseconds { Self.append("retry: ", String(max(0, retryMilliseconds)), to: &out) }
        out.append(contentsOf: "data: ".utf8)
        var afterReturn = false
        for byte in text.utf8 {
            let isBreak = byte == ByteClass.lineFeed || byte == ByteClass.carriageReturn
            if isBreak {
                if !(byte == ByteClass.lineFeed && afterReturn) { out.append(contentsOf: "\ndata: ".utf8) }
            } else {
                out.append(byte)
            }
            afterReturn = byte == ByteClass.carriageReturn
        }
        out.append(contentsOf: "\n\n".utf8)
        return out
    }

    private static func append(_ label: String, _ value: String, to out: inout [UInt8]) {
        out.append(contentsOf: label.utf8)
        for byte in value.utf8 where byte != ByteClass.lineFeed && byte != ByteClass.carriageReturn && byte != 0 {
            out.append(byte)
        }
        out.append(ByteClass.lineFeed)
    }
}
