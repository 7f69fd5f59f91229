import Synchronization

/// Compresses replies whose client accepts gzip and whose content gets smaller by it.
package final class GzipMiddleware: HTTPMiddleware {
    /// Shorter bodies fit one packet anyway.
    package static let bodyBytesMin = 1024
    /// Longer whole bodies are sent as they are: compressing them would hold up the loop.
    package static let bodyBytesMax = 512 << 10

    package init() {}

    package func end(_ request: HTTPRequest, _ response: inout HTTPResponse) {
        guard Self.isWorthwhile(response) else { return }
        response.headers.add("Vary", "Accept-Encoding")
        guard Self.accepts(request.headers) else { return }
        switch response.body {
        case .bytes(let bytes):
            guard let packed = Gzip.compress(bytes), packed.count < bytes.count else { return }
            response.body = .bytes(packed)
        case .stream(_, let write):
            response.body = .stream(length: nil) { writer in
                let packer = GzipBodySink(writer)
                try await write(HTTPBodyWriter(packer))
                try await packer.finish()
            }
        case .empty, .events, .upgrade: return
        }
        response.headers["Content-Encoding"] = "gzip"
        response.headers.remove("Accept-Ranges")
        // Two encodings of one thing are different bytes, so that a strong tag would be wrong.
        if let tag = response.headers["ETag"], !tag.hasPrefix("W/") { response.headers["ETag"] = "W/" + tag }
    }

    static func accepts(_ headers: HTTPHeaders) -> Bool {
        guard let text = headers["Accept-Encoding"] else { return false }
        return (QualityList(text).weight(of: "gzip") ?? 0) > 0
    }

    private static func isWorthwhile(_ response: HTTPResponse) -> Bool {
        switch response.body {
        case .bytes(let bytes): guard bodyBytesMin...bodyBytesMax ~= bytes.count else { return false }
        case .stream: break
        case .empty, .events, .upgrade: return false
        }
        guard response.status != .partialContent, !response.headers.contains("Content-Encoding"),
            let type = response.headers["Content-Type"]
        else { return false }
        return MediaType(type)?.isCompressible ?? false
    }
}

/// Compresses what a streaming handler writes; each piece leaves at once, because a follower of a log waits for it.
private final class GzipBodySink: HTTPBodySink {
    private let writer: HTTPBodyWriter
    private let gzip: Mutex<Gzip?>

    init(_ writer: HTTPBodyWriter) {
        self.writer = writer
        gzip = Mutex(Gzip())
    }

    func write(_ bytes: [UInt8]) async throws { try await pass(bytes, .sync) }

    func finish() async throws { try await pass([], .finish) }

    private func pass(_ bytes: [UInt8], _ flush: Gzip.Flush) async throws {
        guard let packed = gzip.withLock({ $0?.compress(bytes, flush) }) else {
            throw Problem.internalError("There is no memory to compress the reply.")
        }
        try await writer.write(packed)
    }
}
