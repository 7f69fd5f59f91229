/// Answers a request. It runs on the connection's loop, so that it must not block; what it throws becomes an error
/// document.
public typealias HTTPHandler = @Sendable (HTTPRequest) async throws -> HTTPResponse
