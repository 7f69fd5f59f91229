/// Every bound on what a peer may send or how long it may take; the defaults stand in docs/architecture/http.md.
package struct HTTPLimits: Sendable {
    /// Longest request line with its line break → 414.
    package var requestLineBytes = 8192
    /// Longest head, request line included → 431.
    package var headBytes = 32768
    /// Most fields in a head → 431.
    package var headerCount = 100
    /// Longest body unless the route says otherwise → 413.
    package var bodyBytes = 64 << 20
    /// Chunk extensions of one message, all chunks together → 400.
    package var chunkExtensionBytes = 4096
    /// Trailer section of a chunked body → 431.
    package var trailerBytes = 8192
    /// Most trailer fields → 431.
    package var trailerCount = 32
    /// Body bytes that wait for the handler before the connection stops reading.
    package var bodyWindowBytes = 256 << 10
    /// Bytes of later requests that wait while one is being answered.
    package var pipelineBytes = 64 << 10
    /// Unread body that is read and dropped to keep the connection, or to let the client see an early reply.
    package var drainBytes = 256 << 10
    /// Bytes of replies that may wait in the connection before a streaming handler is held back.
    package var writeWindowBytes = 256 << 10
    /// From the first byte of a request to the end of its head → 408.
    package var headTime: Duration = .seconds(15)
    /// Silence inside a body → 408.
    package var bodyIdleTime: Duration = .seconds(30)
    /// Slowest upload, averaged over `bodyRateWindow` → 408.
    package var bodyBytesPerSecond = 128
    /// The time over which the rate of an upload is averaged.
    package var bodyRateWindow: Duration = .seconds(20)
    /// Silence between two requests → close.
    package var keepAliveTime: Duration = .seconds(75)
    /// No progress of queued replies → abort.
    package var writeStallTime: Duration = .seconds(30)
    /// How long a closing connection still reads so that the peer sees the last reply.
    package var lingerTime: Duration = .seconds(2)
    /// How long a handler goes on after the client has half-closed; then its task is cancelled.
    package var halfClosedTime: Duration = .seconds(2)
    /// Longest work on one request unless the route says otherwise → 503; streams and upgrades are exempt.
    package var handlerTime: Duration = .seconds(60)
    /// Pause after which an event stream gets a comment, which also finds dead clients.
    package var eventHeartbeat: Duration = .seconds(15)
    /// Most segments of a path that is routed → 404.
    package static let pathSegments = 64
    /// Most parameters of a query or form → 400.
    package static let parameterCount = 1000

    package init() {}
}
