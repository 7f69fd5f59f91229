/// Where a download's bytes go.
package protocol DownloadSink: Sendable {
    /// Writes the bytes at the offset. Offsets ascend without gaps; 0 after other offsets means that all starts over.
    func write(_ bytes: [UInt8], at offset: Int64) async throws
}

extension HTTPClient {
    /// Lost connections in a row, without a byte in between, after which a download gives up.
    package static let fruitlessAttemptsMax = 3

    /// Fetches the content into the sink and goes on after lost connections from the last byte written. Only content
    /// with a strong `ETag` can go on; other content starts over. Returns where the download stands at its end.
    package func download(
        _ request: HTTPClientRequest, from start: ResumableDownload = ResumableDownload(), to sink: any DownloadSink
    ) async throws -> ResumableDownload {
        var state = start
        var fruitless = 0
        while true {
            let before = state
            do {
                try await fetch(request, &state, sink)
                return state
            } catch let error as HTTPClientError where error.isWorthResuming {
                fruitless = state.offset > before.offset ? 0 : fruitless + 1
                guard fruitless < Self.fruitlessAttemptsMax else { throw error }
            }
        }
    }

    private func fetch(
        _ request: HTTPClientRequest, _ state: inout ResumableDownload, _ sink: any DownloadSink
    ) async throws {
        let response = try await send(state.prepare(request))
        if try state.accept(response.head, host: response.url.authority) == .isComplete { return }
        for try await chunk in response.body {
            try await sink.write(chunk, at: state.offset)
            state.advance(by: chunk.count)
        }
        if let total = state.total, state.offset != total {
            throw HTTPClientError(
                .bodyTruncated, .receiving, host: response.url.authority, "\(state.offset) of \(total) bytes came")
        }
    }
}

extension HTTPClientError {
    /// True for failures of the way, not of the request.
    fileprivate var isWorthResuming: Bool {
        [.connectionLost, .bodyTruncated, .tooSlow].contains(code)
    }
}
