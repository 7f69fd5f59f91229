import GantryEventLoop
import Glibc

/// The signals that a running server answers to, one request after the other. A second request to stop ends the
/// process at once. Owner of the requests: this actor, on its loop.
actor ServeSignals {
    enum Request: Sendable, Equatable {
        case stop(Int32)
        case reload
        case reopenLog
    }

    private nonisolated let loop: Loop
    /// At most one of each kind: asking again for what is still to be done adds nothing.
    private var waiting: [Request] = []
    private var taker: CheckedContinuation<Request, Never>?
    private var sources: [SignalSource] = []
    private var isStopping = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(on loop: Loop) { self.loop = loop }

    static func watch(on loops: LoopGroup) async throws(StartError) -> ServeSignals {
        let signals = ServeSignals(on: loops.next())
        do throws(LoopError) {
            try await signals.open()
        } catch {
            throw StartError(.listen, "cannot watch for signals: \(error)")
        }
        return signals
    }

    /// The next request; one task asks at a time.
    func next() async -> Request {
        if !waiting.isEmpty { return waiting.removeFirst() }
        return await withCheckedContinuation { taker = $0 }
    }

    func close() {
        for source in sources { source.close() }
        sources = []
    }

    private func open() throws(LoopError) {
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGUSR1] {
            let source = try SignalSource(on: loop, signal) { [weak self] in
                self?.assumeIsolated { $0.received(signal) }
            }
            sources.append(source)
        }
    }

    func received(_ signal: Int32) {
        switch signal {
        case SIGHUP: offer(.reload)
        case SIGUSR1: offer(.reopenLog)
        default:
            // Whoever asks twice does not want to wait for anything.
            if isStopping { _exit(128 + signal) }
            isStopping = true
            waiting.removeAll { $0 == .reload }
            offer(.stop(signal))
        }
    }

    private func offer(_ request: Request) {
        if let taker {
            self.taker = nil
            taker.resume(returning: request)
        } else if !waiting.contains(request) {
            waiting.append(request)
        }
    }
}
