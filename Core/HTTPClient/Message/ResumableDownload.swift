/// The arithmetic of a download that survives lost connections: which bytes to ask for next, and what an answer means.
package struct ResumableDownload: Sendable, Hashable {
    /// What the body of an answer is.
    package enum Answer: Sendable, Hashable {
        /// It goes on where the download stands.
        case continues
        /// It is the whole, from the first byte: what was written before is void.
        case startsOver
        /// There is nothing left to fetch.
        case isComplete
    }

    /// How many bytes are safe.
    package private(set) var offset: Int64
    /// The strong validator of the content, once known.
    package private(set) var entityTag: String?
    /// The length of the whole, once known.
    package private(set) var total: Int64?

    /// A new download, or one that goes on: without its validator, content that has changed meanwhile goes unnoticed
    /// by the server, so then it starts over.
    package init(offset: Int64 = 0, entityTag: String? = nil) {
        self.offset = entityTag == nil ? 0 : max(0, offset)
        self.entityTag = entityTag
    }

    package var isComplete: Bool { total.map { offset >= $0 } ?? false }

    /// Counts bytes that have been written.
    package mutating func advance(by count: Int) { offset += Int64(count) }

    /// The request for the rest.
    package func prepare(_ request: HTTPClientRequest) -> HTTPClientRequest {
        var request = request
        request.acceptsGzip = false
        guard offset > 0, let entityTag else { return request }
        request.headers["Range"] = "bytes=\(offset)-"
        request.headers["If-Range"] = entityTag
        return request
    }

    /// Judges the head of an answer to `prepare`'s request.
    package mutating func accept(_ head: HTTPClientResponseHead, host: String) throws(HTTPClientError) -> Answer {
        let tag = head.headers["ETag"].flatMap { $0.hasPrefix("W/") ? nil : $0 }
        switch head.status {
        case 200:
            let answer: Answer = offset > 0 ? .startsOver : .continues
            offset = 0
            entityTag = tag
            total = head.headers["Content-Length"].flatMap { Int64($0) }
            return answer
        case 206:
            guard let range = ContentRange(head.headers["Content-Range"]), range.first == offset else {
                throw failed(host, "the server sent another range than asked for")
            }
            if let tag, let entityTag, tag != entityTag { throw failed(host, "the content has changed") }
            entityTag = tag ?? entityTag
            total = range.total ?? total
            return .continues
        case 416:
            guard let text = head.headers["Content-Range"], text.hasPrefix("bytes */"),
                let size = Int64(text.dropFirst("bytes */".count)), size == offset
            else { throw failed(host, "the server has less than was fetched already") }
            total = size
            return .isComplete
        default: throw failed(host, "the server answered \(head.status) \(head.reason)")
        }
    }

    private func failed(_ host: String, _ detail: String) -> HTTPClientError {
        HTTPClientError(.resumeFailed, .receiving, host: host, detail)
    }
}

/// `bytes 5-9/10` of a `Content-Range` field.
struct ContentRange: Sendable, Hashable {
    let first: Int64
    let last: Int64
    /// nil when the server does not know it (`*`).
    let total: Int64?

    init?(_ text: String?) {
        guard let text, text.hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst("bytes ".count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int64(ends[0]), let last = Int64(ends[1]), first >= 0, last >= first else {
            return nil
        }
        total = Int64(parts[1])
        guard parts[1] == "*" || total.map({ $0 > last }) == true else { return nil }
        self.first = first
        self.last = last
    }
}
