import GantryBytes
import GantryEventLoop
import GantryLog
import Synchronization

// What leaves: the handler's task, its reply, and what follows the reply.
extension HTTPServerConnection {
    /// Bodies up to this size are copied behind their head; larger ones are handed to the stream as they are.
    private static let copiedBodyBytesMax = 16 << 10

    /// Starts the handler; it runs here and now until it has to wait for something.
    func dispatch() {
        guard let current = exchange else { return }
        let isWhole = current.isReceived
        let body: HTTPRequestBody =
            if isWhole {
                current.bodyCount == 0 ? .empty : .bytes(current.takeBody())
            } else {
                HTTPRequestBody(.stream(length: current.head.framing.length, ConnectionBody(self, number)))
            }
        current.isDispatched = true
        var request = HTTPRequest(head: current.head, connection: info, body: body, id: host.makeRequestID())
        guard let response = host.application.begin(&request, plan: current.plan) else { return run(request) }
        if response.headers.isRefused { return send(refusal(of: response, request), request) }
        send(response, request)
    }

    /// Runs the handler until it has to wait for something; it goes on as a task.
    private func run(_ request: HTTPRequest) {
        let mine = number
        let application = host.application
        // No executor preference: with one, the runtime would queue the task instead of running it here. What the
        // handler calls back from other executors continues on this actor, which is the loop.
        let task = Task.immediate {
            var response = await application.finish(request)
            guard self.number == mine, self.phase == .answering else { return }
            if response.headers.isRefused { response = self.refusal(of: response, request) }
            await self.answer(request, response)
        }
        if number == mine { exchange?.task = task }
    }

    /// Sends a reply that is there already; a task is only made for one that is still to be written.
    private func send(_ response: HTTPResponse, _ request: HTTPRequest) {
        switch response.body {
        case .empty: sendWhole(response, [], request)
        case .bytes(let bytes): sendWhole(response, bytes, request)
        case .stream, .events, .upgrade:
            let mine = number
            let task = Task.immediate { await self.answer(request, response) }
            if number == mine { exchange?.task = task }
        }
    }

    private func answer(_ request: HTTPRequest, _ response: HTTPResponse) async {
        switch response.body {
        case .empty: sendWhole(response, [], request)
        case .bytes(let bytes): sendWhole(response, bytes, request)
        case .stream(let length, let write): await sendStream(response, length, request, write)
        case .events(let write):
            await sendStream(response, nil, request, isEvents: true) { try await write(HTTPEventWriter($0)) }
        case .upgrade(let name, let run): await upgrade(response, to: name, request, run)
        }
    }

    /// What is sent in place of a reply that could break the message.
    private func refusal(of response: HTTPResponse, _ request: HTTPRequest) -> HTTPResponse {
        request.logger.error(
            "reply refused: a header field could break the message",
            ["field": .string(response.headers.refusedName ?? "")])
        var refusal = Problem.internalError("The server made a reply that cannot be sent.").response(
            requestID: request.id)
        refusal.tellsRequestID = response.tellsRequestID
        return refusal
    }

    // MARK: - Whole replies

    private func sendWhole(_ response: HTTPResponse, _ body: [UInt8], _ request: HTTPRequest) {
        withOutput {
            guard let head = exchange?.head else { return }
            let keeps = beginReply(response, bodyLength: body.count, request)
            if head.method != .head, !response.status.hasNoBody, !body.isEmpty {
                if body.count <= Self.copiedBodyBytesMax {
                    out.append(contentsOf: body)
                } else {
                    stream.write(out, body)
                    out.removeAll(keepingCapacity: true)
                }
            }
            finishExchange(keeps: keeps)
        }
    }

    /// Writes the head and tells whether the connection lives on.
    private func beginReply(_ response: HTTPResponse, bodyLength: Int?, _ request: HTTPRequest) -> Bool {
        guard let exchange else { return false }
        let head = exchange.head
        let framing = HTTPResponseWriter.framing(
            status: response.status, method: head.method, minorVersion: head.minorVersion, bodyLength: bodyLength)
        let keeps = head.keepsAlive && !isDraining && framing != .untilClose && canReachNextRequest(exchange)
        let connection: HTTPResponseWriter.Connection = keeps ? (head.minorVersion == 0 ? .keepAlive : .open) : .close
        HTTPResponseWriter.appendHead(
            response.status, response.headers, framing: framing, connection: connection,
            dateLine: host.currentDateLine(), requestID: response.tellsRequestID ? request.id : nil, to: &out)
        host.counters.count(response.status)
        exchange.owesContinue = false
        exchange.reply =
            switch framing {
            case .none: .dropped
            case .length(let count): head.method == .head ? .dropped : .length(left: count)
            case .chunked: .chunked
            case .untilClose: .untilClose
            }
        return keeps
    }

    /// Whether the rest of the request's body is short enough to be skipped, so that the next request can be read.
    private func canReachNextRequest(_ exchange: HTTPExchange) -> Bool {
        if exchange.isReceived { return true }
        guard exchange.bodyFailure == nil, !hasEnded, !exchange.owesContinue, let missing = parser.missingBodyBytes
        else { return false }
        return missing <= host.limits.drainBytes
    }

    /// The reply is complete: the next request is read, or the connection ends.
    func finishExchange(keeps: Bool) {
        let isReceived = exchange?.isReceived ?? true
        exchange = nil
        number += 1
        guard keeps, phase == .answering, !isDraining, !parser.hasFailed else { return linger() }
        phase = .reading
        isSkippingBody = !isReceived
        droppedBytes = 0
        deadline = host.now + host.times.keepAlive
        if isSkippingBody || !ahead.isEmpty || isPaused || hasEnded { scheduleReadAhead() }
    }

    /// Goes on with requests that had to wait until the client has taken the replies before them.
    func goOnReadingAhead() {
        if phase == .reading, !ahead.isEmpty, hasRoom { scheduleReadAhead() }
    }

    /// Continues with what has arrived meanwhile; inside `receive` that happens by itself when nothing waits yet.
    private func scheduleReadAhead() {
        if !isReadingAhead {
            isReadingAhead = true
            // Not from here: a client that sends a thousand small requests would make a deep stack.
            loop.execute { [self] in
                assumeIsolated { connection in
                    connection.isReadingAhead = false
                    connection.withOutput {
                        connection.readAhead()
                        if connection.hasEnded, connection.phase == .reading, connection.ahead.isEmpty {
                            connection.peerDidEnd()
                        }
                    }
                }
            }
        }
    }

    // MARK: - Streams

    private func sendStream(
        _ response: HTTPResponse, _ length: Int?, _ request: HTTPRequest, isEvents: Bool = false,
        _ write: (HTTPBodyWriter) async throws -> Void
    ) async {
        let mine = number
        var keeps = false
        withOutput {
            var response = response
            if isEvents {
                response.headers["Content-Type"] = "text/event-stream"
                response.headers["Cache-Control"] = response.headers["Cache-Control"] ?? "no-store"
            }
            keeps = beginReply(response, bodyLength: length, request)
            if isEvents, let reply = exchange?.reply, reply != .dropped {
                exchange?.reply = .events(chunked: reply == .chunked)
            }
            stallSince = host.now
            deadline = host.now + host.times.eventHeartbeat
        }
        guard let reply = exchange?.reply else { return }
        if reply != .dropped {
            do {
                try await write(HTTPBodyWriter(ConnectionWriter(self, mine)))
            } catch {
                guard number == mine else { return }
                // A client that has left is no fault of the reply.
                let level: LogLevel = exchange?.isCancelled == true ? .debug : .warning
                request.logger.log(level, "reply cut short", ["error": LogValue(describing: error)])
                return abort()
            }
        }
        guard number == mine, phase == .answering else { return }
        finishStream(keeps: keeps, request)
    }

    private func finishStream(keeps: Bool, _ request: HTTPRequest) {
        switch exchange?.reply {
        case .chunked, .events(chunked: true):
            withOutput {
                out.append(contentsOf: HTTPResponseWriter.lastChunk)
                finishExchange(keeps: keeps)
            }
        case .length(let left) where left > 0:
            request.logger.error("reply cut short: the handler wrote less than it said", ["missing": .int(left)])
            abort()
        default:
            withOutput { finishExchange(keeps: keeps) }
        }
    }

    /// Sends a piece of a streamed body and waits while too much is queued.
    func writeBody(_ bytes: [UInt8], _ mine: UInt64) async throws {
        guard number == mine, phase == .answering, let reply = exchange?.reply else { throw Problem.clientGone }
        switch reply {
        case .none: throw Problem.internalError("A body is written before its head.")
        case .dropped: return
        case .length(let left):
            guard bytes.count <= left else {
                throw Problem.internalError("The handler wrote more than it said.")
            }
            exchange?.reply = .length(left: left - bytes.count)
            withOutput { append(bytes, chunked: false) }
        case .chunked: withOutput { append(bytes, chunked: true) }
        case .untilClose: withOutput { append(bytes, chunked: false) }
        case .events(let chunked):
            withOutput { append(bytes, chunked: chunked) }
            deadline = host.now + host.times.eventHeartbeat
        }
        try await waitForRoom(mine)
    }

    private func append(_ bytes: [UInt8], chunked: Bool) {
        if chunked { HTTPResponseWriter.appendChunkSize(bytes.count, to: &out) }
        if bytes.count <= Self.copiedBodyBytesMax {
            out.append(contentsOf: bytes)
        } else {
            stream.write(out, bytes)
            out.removeAll(keepingCapacity: true)
        }
        if chunked { out.append(contentsOf: HTTPResponseWriter.lineBreak) }
        // What has left counts for the limit of the queue; what waits here would not.
        if out.count >= Self.copiedBodyBytesMax { flush() }
    }

    /// Sends an empty event, so that proxies keep the connection and a dead client is noticed.
    func sendHeartbeat() {
        guard case .events(let chunked) = exchange?.reply else { return }
        deadline = host.now + host.times.eventHeartbeat
        if stream.pendingWriteBytes == 0 { withOutput { append(ServerSentEvent.heartbeat, chunked: chunked) } }
    }

    /// Waits until the client has taken enough of what is queued.
    func waitForRoom(_ mine: UInt64) async throws {
        try Task.checkCancellation()
        while number == mine, stream.pendingWriteBytes >= stream.writeHighWater {
            guard exchange?.drainWaiter == nil else {
                throw Problem.internalError("Two tasks write to one body at the same time.")
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { exchange?.drainWaiter = $0 }
            } onCancel: {
                loop.execute { [self] in assumeIsolated { $0.wakeDrain(mine) } }
            }
            try Task.checkCancellation()
        }
        guard number == mine else { throw Problem.clientGone }
    }

    private func wakeDrain(_ mine: UInt64) {
        if number == mine { exchange?.wakeDrain() }
    }
}

/// The writer's way to the connection.
private struct ConnectionWriter: HTTPBodySink {
    private let connection: HTTPServerConnection
    private let number: UInt64

    init(_ connection: HTTPServerConnection, _ number: UInt64) {
        self.connection = connection
        self.number = number
    }

    func write(_ bytes: [UInt8]) async throws { try await connection.writeBody(bytes, number) }
}
