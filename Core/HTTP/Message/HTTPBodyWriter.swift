/// Writes a reply's body piece by piece; each call waits until the client keeps up.
public struct HTTPBodyWriter: Sendable {
    private let sink: any HTTPBodySink

    package init(_ sink: any HTTPBodySink) { self.sink = sink }

    /// Sends bytes; throws when the client is gone or the task is cancelled, and then the handler should stop.
    public func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await sink.write(bytes)
    }

    /// Sends text as UTF-8.
    public func write(_ text: String) async throws { try await write(Array(text.utf8)) }
}

/// Where body pieces go.
package protocol HTTPBodySink: Sendable {
    func write(_ bytes: [UInt8]) async throws
}
