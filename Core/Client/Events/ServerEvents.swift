import GantryHTTPClient

/// The events of one connection, in order, read once. While nobody asks for the next one, the server is held back.
///
/// It ends without an error when the server ends it; to connect again, with the id of the last event, is the reader's
/// business.
public struct ServerEvents: AsyncSequence, Sendable {
    /// One event.
    public typealias Element = ServerEvent
    /// Why the stream broke off.
    public typealias Failure = ClientError

    let body: HTTPClientBody
    let server: String
    let lastID: String?

    /// The reader.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var bytes: HTTPClientBody.AsyncIterator
        private var parser: ServerEventParser
        private var ready: ArraySlice<ServerEvent> = []
        private let server: String

        init(_ events: ServerEvents) {
            bytes = events.body.makeAsyncIterator()
            parser = ServerEventParser(lastID: events.lastID)
            server = events.server
        }

        /// The next event; nil at the end.
        public mutating func next() async throws(ClientError) -> ServerEvent? {
            while true {
                if let event = ready.popFirst() { return event }
                do {
                    guard let chunk = try await bytes.next() else { return nil }
                    ready = try parser.take(chunk)[...]
                } catch let error as HTTPClientError {
                    throw ClientError(error, server: server)
                } catch {
                    throw ClientError(
                        .unexpectedReply,
                        "\(server) sends an event of more than \(ServerEventLimits.eventBytesMax) bytes")
                }
            }
        }

        /// The next event; nil at the end.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(ClientError) -> ServerEvent? {
            try await next()
        }
    }

    /// The reader; there can be one.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }

    /// Ends the connection; a reader that waits gets the end.
    public func cancel() { body.cancel() }
}

extension GantryClient {
    /// A stream that sends nothing for this long, not even a sign of life, is dead.
    static let eventSilenceMax = Duration.seconds(90)
    /// What is read of a reply that is none of events.
    private static let refusalBytesMax = 1 << 20

    /// The server-sent events at a path, behind the one with this id.
    public func events(_ path: String, lastEventID: String? = nil) async throws(ClientError) -> ServerEvents {
        do {
            var request = try request("GET", path, accept: "text/event-stream", token: options.token)
            if let lastEventID { request.headers.append("Last-Event-ID", lastEventID) }
            request.timeouts.lowSpeedTime = Self.eventSilenceMax
            let response = try await http.send(request)
            guard response.status == 200 else {
                throw refusal(response.head, try await response.collect(upTo: Self.refusalBytesMax))
            }
            guard response.headers["Content-Type"]?.hasPrefix("text/event-stream") == true else {
                response.body.cancel()
                throw ClientError(
                    .unexpectedReply, "what answers at \(options.server) sends no events", status: response.status)
            }
            return ServerEvents(body: response.body, server: options.server, lastID: lastEventID)
        } catch let error as ClientError {
            throw error
        } catch let error as HTTPClientError {
            throw ClientError(error, server: options.server)
        } catch {
            throw ClientError(.unavailable, "\(options.server) cannot be asked: \(error)")
        }
    }
}
