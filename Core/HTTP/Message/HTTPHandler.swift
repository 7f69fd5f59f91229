/// Answers a request. It runs on the connection's loop, so that it must not block; what it throws becomes an error
/// document.
public typealias HTTPHandler = @Sendable (HTTPRequest) async throws -> HTTPResponse

/// A handler that never waits for anything, which spares each request a task; see `Route.immediate`.
public typealias HTTPImmediateHandler = @Sendable (HTTPRequest) throws -> HTTPResponse
