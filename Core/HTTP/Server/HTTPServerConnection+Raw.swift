import GantryBytes
import GantryEventLoop
import GantryLog
import Synchronization

// The connection after an upgrade.
extension HTTPServerConnection {
    /// Switches to the raw protocol, runs it, and ends the connection after it.
    func upgrade(
        _ response: HTTPResponse, to name: String, _ request: HTTPRequest,
        _ run: @Sendable (HTTPUpgradedStream) async throws -> Void
    ) async {
        let mine = number
        guard let current = exchange, current.isReceived, isUpgradable(current.head, to: name) else {
            return refuseUpgrade(to: name)
        }
        withOutput {
            let isConnect = current.head.method == .connect
            let status = isConnect ? HTTPStatus.ok : .switchingProtocols
            HTTPResponseWriter.appendHead(
                status, response.headers, framing: .none, connection: isConnect ? .open : .upgrade(name),
                dateLine: host.currentDateLine(), to: &out)
            host.counters.count(status)
            host.counters.upgrades.add(1, ordering: .relaxed)
            phase = .raw
            stallSince = host.now
            flush()
            if !ahead.isEmpty { exchange?.addBody(ahead.takeAll()) }
            resumeReading()
        }
        do {
            try await run(HTTPUpgradedStream(ConnectionPipe(self, mine)))
            guard number == mine else { return }
            withOutput {
                endExchange()
                linger()
            }
        } catch {
            guard number == mine else { return }
            request.logger.debug("upgraded connection ended", ["error": LogValue(describing: error)])
            abort()
        }
    }

    private func isUpgradable(_ head: HTTPRequestHead, to name: String) -> Bool {
        head.method == .connect || (head.asksUpgrade && head.headers.hasToken(name, in: "Upgrade"))
    }

    private func refuseUpgrade(to name: String) {
        withOutput {
            exchange = nil
            refuse(
                Problem(
                    "upgrade-required", HTTPStatus(426), "Upgrade required",
                    detail: "This path speaks \(name): ask for it with Upgrade and without a body."))
        }
    }

    func receiveRaw(_ bytes: Span<UInt8>) {
        exchange?.addBody([UInt8](bytes))
        if let count = exchange?.bodyCount, count >= host.limits.bodyWindowBytes { pauseReading() }
        exchange?.wakeBody()
    }

    func readRaw(_ mine: UInt64) async throws -> [UInt8]? {
        while true {
            guard number == mine, phase == .raw, let current = exchange else { throw Problem.clientGone }
            if current.bodyCount > 0 {
                let chunk = exchange?.takeBody()
                resumeReading()
                return chunk
            }
            if hasEnded { return nil }
            guard current.bodyWaiter == nil else {
                throw Problem.internalError("Two tasks read one stream at the same time.")
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { exchange?.bodyWaiter = $0 }
            } onCancel: {
                loop.execute { [self] in assumeIsolated { $0.wakeRaw(mine) } }
            }
            try Task.checkCancellation()
        }
    }

    private func wakeRaw(_ mine: UInt64) {
        if number == mine { exchange?.wakeBody() }
    }

    func writeRaw(_ bytes: [UInt8], _ mine: UInt64) async throws {
        guard number == mine, phase == .raw else { throw Problem.clientGone }
        stream.write(bytes)
        try await waitForRoom(mine)
    }

    func finishRaw(_ mine: UInt64) {
        if number == mine, phase == .raw { stream.finishWriting() }
    }
}

/// The upgraded stream's way to the connection.
private struct ConnectionPipe: HTTPRawPipe {
    private let connection: HTTPServerConnection
    private let number: UInt64

    init(_ connection: HTTPServerConnection, _ number: UInt64) {
        self.connection = connection
        self.number = number
    }

    func readRaw() async throws -> [UInt8]? { try await connection.readRaw(number) }
    func writeRaw(_ bytes: [UInt8]) async throws { try await connection.writeRaw(bytes, number) }
    func finishRaw() async { await connection.finishRaw(number) }
}
