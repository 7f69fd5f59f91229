/// Sends server-sent events, each as one piece.
public struct HTTPEventWriter: Sendable {
    private let writer: HTTPBodyWriter

    package init(_ writer: HTTPBodyWriter) { self.writer = writer }

    /// Sends an event; waits until the client keeps up, throws when it is gone.
    public func send(_ event: ServerSentEvent) async throws { try await writer.write(event.encoded()) }

    /// Sends an event of text.
    public func send(_ text: String, event name: String? = nil, id: String? = nil) async throws {
        try await send(ServerSentEvent(text, event: name, id: id))
    }
}
