/// A response whose head has arrived; the body comes as it is read.
package struct HTTPClientResponse: Sendable {
    package let head: HTTPClientResponseHead
    /// The URL that answered, after redirects.
    package let url: HTTPClientURL
    /// How many redirects led there.
    package let redirectCount: Int
    /// The connected address, the proxy's when there is one; nil for a UNIX socket.
    package let remoteAddress: String?
    package let body: HTTPClientBody

    package var status: Int { head.status }
    package var headers: HTTPClientHeaders { head.headers }

    /// The whole body; fails when it is larger than the limit.
    package func collect(upTo limit: Int) async throws(HTTPClientError) -> [UInt8] {
        try await body.collect(upTo: limit)
    }
}

/// The body of a response, as chunks in order, read once.
///
/// While nobody reads, at most `bufferBytesMax` wait in memory and the connection is paused. Dropping the body ends the
/// transfer.
package final class HTTPClientBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = HTTPClientError

    /// `Content-Length`, when the response has one and is not unpacked on the way.
    package let length: Int64?
    private let client: HTTPClient
    private let id: UInt64
    private let host: String

    init(client: HTTPClient, id: UInt64, length: Int64?, host: String) {
        self.client = client
        self.id = id
        self.length = length
        self.host = host
    }

    deinit { client.drop(id) }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let body: HTTPClientBody

        package mutating func next() async throws(HTTPClientError) -> [UInt8]? {
            try await body.client.nextChunk(of: body.id)
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(HTTPClientError) -> [UInt8]? {
            try await body.client.nextChunk(of: body.id)
        }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self) }

    /// The whole body; fails when it is larger than the limit, without reading it when its length says so.
    package func collect(upTo limit: Int) async throws(HTTPClientError) -> [UInt8] {
        if let length, length > Int64(limit) { throw tooLarge(limit) }
        var all: [UInt8] = []
        while let chunk = try await client.nextChunk(of: id) {
            guard all.count + chunk.count <= limit else { throw tooLarge(limit) }
            if all.isEmpty { all = chunk } else { all += chunk }
        }
        return all
    }

    /// Ends the transfer without reading the rest.
    package func cancel() { client.drop(id) }

    private func tooLarge(_ limit: Int) -> HTTPClientError {
        cancel()
        return HTTPClientError(.bodyTooLarge, .receiving, host: host, "its body is larger than \(limit) bytes")
    }
}

/// Takes the chunks of a streamed request body.
package struct HTTPClientUploadWriter: Sendable {
    let client: HTTPClient
    let id: UInt64

    /// Hands a chunk over; returns when there is room for the next. Fails when the request is over.
    package func write(_ chunk: [UInt8]) async throws(HTTPClientError) {
        try await client.write(chunk, to: id)
    }
}
