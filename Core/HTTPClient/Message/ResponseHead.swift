/// The first part of a response.
package struct HTTPClientResponseHead: Sendable, Hashable {
    package let status: Int
    /// `1.1`, `2`, …
    package let version: String
    package let reason: String
    package var headers = HTTPClientHeaders()

    /// Reads `HTTP/1.1 200 OK`; nil when the line is something else.
    init?(statusLine line: Span<UInt8>) {
        var text = String(decodingLossily: line)
        guard text.hasPrefix("HTTP/") else { return nil }
        text.removeFirst("HTTP/".count)
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[1].utf8.count == 3, let status = Int(parts[1]), (100...999).contains(status)
        else {
            return nil
        }
        self.status = status
        version = String(parts[0])
        reason = parts.count == 3 ? String(parts[2]) : ""
    }
}

/// Collects the lines of response heads under limits: interim responses are passed over, trailers checked and dropped.
struct ResponseHeadReader {
    enum Problem: Error, Hashable {
        case tooLarge
        case tooManyFields
        case malformed
    }

    let bytesMax: Int
    private let countMax: Int
    private var bytes = 0
    private var count = 0
    private var current: HTTPClientResponseHead?
    private(set) var final: HTTPClientResponseHead?

    init(limits: HTTPClientLimits) {
        bytesMax = limits.headBytesMax
        countMax = limits.headerCountMax
    }

    /// Takes one line with or without its line break; true when it completes the final head.
    mutating func take(_ line: Span<UInt8>) throws(Problem) -> Bool {
        bytes += line.count
        guard bytes <= bytesMax else { throw .tooLarge }
        var end = line.count
        while end > 0, line[end - 1] == 0x0A || line[end - 1] == 0x0D { end -= 1 }
        let line = line.extracting(0..<end)
        guard final == nil else {
            // A trailer field; nothing here depends on trailers.
            try countField()
            return false
        }
        guard current != nil else {
            guard let head = HTTPClientResponseHead(statusLine: line) else { throw .malformed }
            current = head
            return false
        }
        if line.isEmpty { return endHead() }
        try takeField(line)
        return false
    }

    private mutating func endHead() -> Bool {
        defer { current = nil }
        guard let current, current.status >= 200 || current.status == 101 else { return false }
        final = current
        return true
    }

    private mutating func takeField(_ line: Span<UInt8>) throws(Problem) {
        try countField()
        var colon = 0
        while colon < line.count, line[colon] != 0x3A { colon += 1 }
        guard colon > 0, colon < line.count else { throw .malformed }
        for index in 0..<colon where !line[index].isHeaderNameByte { throw .malformed }
        var start = colon + 1
        var end = line.count
        while start < end, line[start] == 0x20 || line[start] == 0x09 { start += 1 }
        while end > start, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
        for index in start..<end where line[index] < 0x20 && line[index] != 0x09 || line[index] == 0x7F {
            throw .malformed
        }
        current?.headers.append(
            String(decodingLossily: line.extracting(0..<colon)), String(decodingLossily: line.extracting(start..<end)))
    }

    private mutating func countField() throws(Problem) {
        count += 1
        guard count <= countMax else { throw .tooManyFields }
    }
}

extension String {
    /// The text of the bytes, bad UTF-8 replaced.
    init(decodingLossily bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
