package import GantryEventLoop

/// Sends HTTP requests over libcurl, on one loop.
///
/// The client owns a pool of connections; requests share it within its limits. It keeps nothing alive by itself, so
/// whoever makes a client calls `shutDown()` before its loop stops. Usable from any task; everything inside is confined
/// to the loop.
package actor HTTPClient {
    package nonisolated let loop: Loop
    package nonisolated let configuration: HTTPClientConfiguration
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private var engine: CurlMulti?
    private lazy var gate = RequestGate(on: loop, limits: configuration.limits)
    private var transfers: [UInt64: Transfer] = [:]
    var rawStreams: [UInt64: RawConnection] = [:]
    private var lastID: UInt64 = 0
    private(set) var isShutDown = false

    /// Checks the configuration; nothing is opened before the first request.
    package init(on loop: Loop, _ configuration: HTTPClientConfiguration) throws(HTTPClientError) {
        try configuration.validate()
        self.loop = loop
        self.configuration = configuration
    }

    isolated deinit { engine?.close() }

    /// Ends all requests and raw streams with an error and closes all connections, waiting for nobody. Final.
    package func shutDown() {
        guard !isShutDown else { return }
        isShutDown = true
        gate.refuseAll(.clientClosed)
        for transfer in transfers.values { transfer.fail(.clientClosed) }
        for connection in rawStreams.values {
            connection.stream.fail(.clientClosed.at(host: connection.stream.route.host))
        }
        engine?.close()
        engine = nil
    }

    /// What the client holds; all zero when it rests.
    package struct Load: Sendable, Hashable {
        package let running: Int
        package let waiting: Int
        package let unread: Int
        package let sockets: Int
    }

    package func load() -> Load {
        Load(
            running: gate.insideCount, waiting: gate.waitingCount, unread: transfers.count,
            sockets: engine?.socketCount ?? 0)
    }

    /// Sends the request, follows redirects as it allows, and returns when the head of the response is there.
    ///
    /// When the calling task is cancelled, the request ends at once, with its connection.
    package func send(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientResponse {
        try request.validate(limits: configuration.limits)
        let deadline = request.timeouts.total.map { ContinuousClock.now + $0 }
        var current = request
        var redirectCount = 0
        while true {
            let transfer = try await begin(current, deadline: deadline)
            let head = try await head(of: transfer)
            let next: HTTPClientRequest?
            do {
                next = try request.redirects.next(
                    after: current, status: head.status, headers: head.headers, followed: redirectCount)
            } catch {
                forget(transfer.id)
                throw error
            }
            guard let next else { return response(of: transfer, head, redirectCount) }
            // A redirect with a long body costs its connection, a short one has arrived with its head.
            forget(transfer.id)
            current = next
            redirectCount += 1
        }
    }

    private func response(
        of transfer: Transfer, _ head: HTTPClientResponseHead, _ redirectCount: Int
    ) -> HTTPClientResponse {
        let isCoded = head.headers["Content-Encoding"] != nil
        let length = isCoded ? nil : head.headers["Content-Length"].flatMap { Int64($0) }
        let body = HTTPClientBody(client: self, id: transfer.id, length: length, host: transfer.route.host)
        return HTTPClientResponse(
            head: head, url: transfer.route.url, redirectCount: redirectCount,
            remoteAddress: transfer.remoteAddress.flatMap { $0.isEmpty ? nil : $0 }, body: body)
    }
}

// MARK: - Hops

extension HTTPClient {
    private func begin(
        _ request: HTTPClientRequest, deadline: ContinuousClock.Instant?
    ) async throws(HTTPClientError) -> Transfer {
        let route = try TransferRoute(request, configuration)
        let id = try await enter(route, request.timeouts, deadline: deadline)
        do {
            let transfer = try Transfer(
                id: id, request, route: route, remaining: Self.remaining(until: deadline), engine: readyEngine()
            ) { [gate] in
                gate.leave(route.origin)
            }
            try transfer.start()
            transfers[id] = transfer
            if case .stream(_, let produce) = request.body { startProducer(of: transfer, produce) }
            return transfer
        } catch {
            gate.leave(route.origin)
            throw error.host.isEmpty ? error.at(host: route.host) : error
        }
    }

    /// Waits for a place; the id names the request from here on.
    func enter(
        _ route: TransferRoute, _ timeouts: HTTPClientTimeouts, deadline: ContinuousClock.Instant?
    ) async throws(HTTPClientError) -> UInt64 {
        guard !isShutDown else { throw .clientClosed }
        guard !Task.isCancelled else { throw .cancelled.at(host: route.host) }
        lastID += 1
        let id = lastID
        let patience = min(timeouts.place, Self.remaining(until: deadline) ?? timeouts.place)
        let result = await withTaskCancellationHandler {
            await waitForPlace(route.origin, id, patience)
        } onCancel: {
            onLoop { $0.gate.refuse(id, .cancelled.at(host: route.host)) }
        }
        try result.get()
        // The place was granted while something else ended the request.
        if isShutDown || Task.isCancelled {
            gate.leave(route.origin)
            throw isShutDown ? .clientClosed : .cancelled.at(host: route.host)
        }
        return id
    }

    private func waitForPlace(
        _ origin: String, _ id: UInt64, _ patience: Duration
    ) async -> Result<Void, HTTPClientError> {
        await gate.enter(origin, id: id, patience: patience)
    }

    func leave(_ route: TransferRoute) { gate.leave(route.origin) }

    func readyEngine() throws(HTTPClientError) -> CurlMulti {
        guard !isShutDown else { throw .clientClosed }
        if let engine { return engine }
        let made = try CurlMulti(on: loop, limits: configuration.limits)
        engine = made
        return made
    }

    static func remaining(until deadline: ContinuousClock.Instant?) -> Duration? {
        deadline.map { max(.milliseconds(1), ContinuousClock.now.duration(to: $0)) }
    }

    private func head(of transfer: Transfer) async throws(HTTPClientError) -> HTTPClientResponseHead {
        let id = transfer.id
        await withTaskCancellationHandler {
            await waitForHead(of: id)
        } onCancel: {
            onLoop { $0.transfers[id]?.fail(.cancelled) }
        }
        if case .failure(let error) = transfer.end, transfer.head == nil || error.code == .cancelled {
            forget(id)
            throw error
        }
        guard let head = transfer.head else { throw .cancelled }
        return head
    }

    // A closure that mentions no `self` would go on off the loop after its first wait: hence methods, by id.
    private func waitForHead(of id: UInt64) async {
        while let transfer = transfers[id], transfer.head == nil, transfer.end == nil {
            await transfer.responseSignal.wait()
        }
    }

    private func waitForBytes(of id: UInt64) async {
        while let transfer = transfers[id], !transfer.hasBytes, transfer.end == nil {
            await transfer.responseSignal.wait()
        }
    }

    /// Ends a transfer whose result nobody wants any more.
    private func forget(_ id: UInt64) {
        transfers.removeValue(forKey: id)?.fail(.cancelled)
    }

    /// Has the closure run on the loop soon; any thread.
    nonisolated func onLoop(_ body: @escaping @Sendable (isolated HTTPClient) -> Void) {
        loop.execute { self.assumeIsolated(body) }
    }

    /// Ends a transfer from any thread.
    nonisolated func drop(_ id: UInt64) {
        onLoop { $0.forget(id) }
    }
}

// MARK: - Bodies

extension HTTPClient {
    /// The next bytes of a response; nil at its end.
    func nextChunk(of id: UInt64) async throws(HTTPClientError) -> [UInt8]? {
        guard let transfer = transfers[id] else { return nil }
        await withTaskCancellationHandler {
            await waitForBytes(of: id)
        } onCancel: {
            onLoop { $0.transfers[id]?.fail(.cancelled) }
        }
        if transfer.hasBytes { return transfer.takeBytes() }
        transfers[id] = nil
        if case .failure(let error) = transfer.end { throw error }
        return nil
    }

    // The producer's life is the transfer's: `Transfer` cancels it when the request ends for whatever reason. It cannot
    // be a child of `send`, which returns with the head while the body may still be on its way.
    private func startProducer(
        of transfer: Transfer, _ produce: @escaping @Sendable (HTTPClientUploadWriter) async throws -> Void
    ) {
        let writer = HTTPClientUploadWriter(client: self, id: transfer.id)
        transfer.producer = Task(executorPreference: loop) {
            var problem: (any Error)?
            do {
                try await produce(writer)
            } catch {
                problem = error
            }
            await self.finishUpload(of: writer.id, problem)
        }
    }

    private func finishUpload(of id: UInt64, _ problem: (any Error)?) {
        transfers[id]?.finishUpload(problem)
    }

    func write(_ chunk: [UInt8], to id: UInt64) async throws(HTTPClientError) {
        guard let transfer = transfers[id] else {
            throw HTTPClientError(.uploadFailed, .sending, "the request is over")
        }
        try transfer.produce(chunk)
        while !transfer.wantsUpload, transfer.end == nil { await transfer.uploadSignal.wait() }
    }
}
