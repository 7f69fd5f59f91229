/// One event of a stream that the server sends.
public struct ServerEvent: Sendable, Hashable {
    /// What a client names to go on behind this event; nil before the first event with an id.
    public let id: String?
    /// The kind of event; `message` when the server does not name one.
    public let name: String
    /// The content, its lines joined by line feeds.
    public let data: String
}
