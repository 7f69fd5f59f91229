/// The position of a request in a distributed trace (W3C Trace Context): `00-<trace>-<span>-<flags>`.
public struct TraceContext: Sendable, Hashable {
    /// 32 lower-case hexadecimal digits, not all zero.
    public let traceID: String
    /// 16 lower-case hexadecimal digits, not all zero: who called.
    public let spanID: String
    /// Whether the caller records the trace.
    public let isSampled: Bool

    package init(traceID: String, spanID: String, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// Reads a `traceparent` value; nil when it is malformed. Later versions are read as far as they agree with this
    /// one.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, Self.isHex(parts[0], 2), parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            Self.isHex(parts[1], 32), Self.isHex(parts[2], 16), Self.isHex(parts[3], 2),
            parts[1].utf8.contains(where: { $0 != UInt8(ascii: "0") }),
            parts[2].utf8.contains(where: { $0 != UInt8(ascii: "0") }),
            let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        self.init(traceID: String(parts[1]), spanID: String(parts[2]), isSampled: flags & 1 == 1)
    }

    /// The value to send with a call that this request causes: the same trace, with a span id of its own.
    public func child(random: inout some RandomNumberGenerator) -> TraceContext {
        let id = UInt64.random(in: 1...UInt64.max, using: &random)
        let digits = String(id, radix: 16)
        return TraceContext(
            traceID: traceID, spanID: String(repeating: "0", count: 16 - digits.count) + digits, isSampled: isSampled)
    }

    /// The `traceparent` value.
    public var headerValue: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { ByteClass.isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    }
}

extension HTTPRequest {
    /// Where the request belongs in a trace, when the client says so with exactly one well-formed `traceparent`.
    public var trace: TraceContext? {
        let values = headers.values("traceparent")
        return values.count == 1 ? TraceContext(values[0]) : nil
    }
}
