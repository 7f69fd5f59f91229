internal import GantryEventLoop

/// A raw stream of the client, with who talks on it.
struct RawConnection {
    let stream: RawStream
    let exchange: UpgradeExchange
    /// Made at the first read or write.
    var conversation: AsyncByteStream?
    /// Nobody will ask for it again.
    var isReleased = false
}

extension HTTPClient {
    /// How long a server may take to answer an upgrade when the request sets no total time.
    package static let upgradeTimeMax = Duration.seconds(30)

    /// Sends the request as an upgrade to the named protocol and returns the connection when the server agrees with
    /// status 101. Any other status is an error, redirects included; the request has no body.
    package func upgrade(
        _ request: HTTPClientRequest, to protocolName: String
    ) async throws(HTTPClientError) -> HTTPClientUpgrade {
        try request.validate(limits: configuration.limits)
        guard !request.body.isPresent else { throw .invalidRequest("an upgrade has no body") }
        if let problem = HTTPClientHeaders.Field(name: "Upgrade", value: protocolName).problem {
            throw .invalidRequest(problem)
        }
        let deadline = ContinuousClock.now + (request.timeouts.total ?? Self.upgradeTimeMax + request.timeouts.connect)
        let route = try TransferRoute(request, configuration)
        let id = try await enter(route, request.timeouts, deadline: deadline)
        let connection = try open(id, request, route, deadline)
        let result = await withTaskCancellationHandler {
            await exchange(connection, request, protocolName, deadline)
        } onCancel: {
            onLoop { $0.rawStreams[id]?.stream.fail(.cancelled.at(host: route.host)) }
        }
        do {
            let head = try result.get()
            try check(head, protocolName, route)
            return HTTPClientUpgrade(head, client: self, id: id)
        } catch {
            releaseRaw(id)
            throw Task.isCancelled ? .cancelled.at(host: route.host) : error
        }
    }

    private func open(
        _ id: UInt64, _ request: HTTPClientRequest, _ route: TransferRoute, _ deadline: ContinuousClock.Instant
    ) throws(HTTPClientError) -> RawConnection {
        do {
            let stream = try RawStream(
                id: id, request, route: route, remaining: Self.remaining(until: deadline), on: loop,
                engine: readyEngine()
            ) { [weak self] in
                self?.onLoop { $0.concludeRaw(id) }
            }
            let connection = RawConnection(
                stream: stream, exchange: UpgradeExchange(stream, limits: configuration.limits), conversation: nil)
            rawStreams[id] = connection
            try stream.start()
            return connection
        } catch {
            rawStreams[id] = nil
            leave(route)
            throw error.host.isEmpty ? error.at(host: route.host) : error
        }
    }

    private func exchange(
        _ connection: RawConnection, _ request: HTTPClientRequest, _ protocolName: String,
        _ deadline: ContinuousClock.Instant
    ) async -> Result<HTTPClientResponseHead, HTTPClientError> {
        let (stream, exchange) = (connection.stream, connection.exchange)
        while stream.isConnecting { await stream.connectSignal.wait() }
        if let error = stream.connectError { return .failure(error) }
        let host = stream.route.host
        let timer = LoopTimer(on: loop) { [weak exchange] in
            exchange?.conclude(.failure(HTTPClientError(.timeout, .waitingForResponse, host: host, "timed out")))
        }
        defer { timer.close() }
        timer.schedule(at: deadline)
        exchange.start(
            UpgradeHandshake.request(request, protocol: protocolName, userAgent: configuration.userAgent))
        while true {
            if let result = exchange.result { return result }
            await exchange.signal.wait()
        }
    }

    private func check(
        _ head: HTTPClientResponseHead, _ protocolName: String, _ route: TransferRoute
    ) throws(HTTPClientError) {
        guard head.status == 101 else {
            throw HTTPClientError(
                .upgradeRefused, .waitingForResponse, host: route.host,
                "the server answered \(head.status) \(head.reason) instead of switching to \(protocolName)")
        }
        guard let agreed = head.headers["Upgrade"], agreed.isSameHeaderName(as: protocolName) else {
            throw HTTPClientError(
                .malformedResponse, .waitingForResponse, host: route.host,
                "the server switches to \(head.headers["Upgrade"] ?? "nothing") instead of \(protocolName)")
        }
    }

    /// The stream is over: its place is free, and its handler hears of it.
    private func concludeRaw(_ id: UInt64) {
        guard let connection = rawStreams[id] else { return }
        leave(connection.stream.route)
        connection.stream.deliverClose()
        if connection.isReleased { rawStreams[id] = nil }
    }
}

// MARK: - The bytes of an upgraded connection

extension HTTPClient {
    private func conversation(_ id: UInt64) throws -> AsyncByteStream {
        guard var connection = rawStreams[id] else { throw LoopError(.notConnected, "read") }
        if let conversation = connection.conversation { return conversation }
        let made = AsyncByteStream(connection.stream, first: connection.exchange.leftover)
        connection.conversation = made
        rawStreams[id] = connection
        return made
    }

    func readRaw(_ id: UInt64, upTo count: Int, deadline: ContinuousClock.Instant?) async throws -> [UInt8]? {
        try await conversation(id).read(upTo: count, deadline: deadline)
    }

    func writeRaw(_ id: UInt64, _ bytes: [UInt8], deadline: ContinuousClock.Instant?) async throws {
        try await conversation(id).write(bytes, deadline: deadline)
    }

    func finishRaw(_ id: UInt64) { rawStreams[id]?.stream.finishWriting() }

    func closeRaw(_ id: UInt64) { rawStreams[id]?.stream.close() }

    /// Closes the stream; what was still unread is gone.
    func releaseRaw(_ id: UInt64) {
        guard let stream = rawStreams[id]?.stream else { return }
        rawStreams[id]?.isReleased = true
        if stream.isOver { rawStreams[id] = nil } else { stream.close() }
    }

    func takeRaw(_ id: UInt64) -> (stream: any ByteStream, first: [UInt8])? {
        rawStreams[id].flatMap { $0.stream.isClosed ? nil : ($0.stream, $0.exchange.leftover) }
    }
}
