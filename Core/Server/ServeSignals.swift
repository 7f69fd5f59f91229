import GantryEventLoop
import Glibc

/// The signals that a running server answers to, as a stream. A second request to stop ends the process at once.
actor ServeSignals {
    enum Request: Sendable {
        case stop(Int32)
        case reload
        case reopenLog
    }

    /// Requests that may wait; further ones of the same kind add nothing.
    static let waitingMax = 16

    nonisolated let stream: AsyncStream<Request>
    private nonisolated let loop: Loop
    private let continuation: AsyncStream<Request>.Continuation
    private var sources: [SignalSource] = []
    private var isStopping = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private init(on loop: Loop) {
        self.loop = loop
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.waitingMax))
    }

    static func watch(on loops: LoopGroup) async throws(StartError) -> ServeSignals {
        let signals = ServeSignals(on: loops.next())
        do throws(LoopError) {
            try await signals.open()
        } catch {
            throw StartError(.listen, "cannot watch for signals: \(error)")
        }
        return signals
    }

    func close(on loops: LoopGroup) {
        for source in sources { source.close() }
        sources = []
        continuation.finish()
    }

    private func open() throws(LoopError) {
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGUSR1] {
            let source = try SignalSource(on: loop, signal) { [weak self] in
                self?.assumeIsolated { $0.received(signal) }
            }
            sources.append(source)
        }
    }

    private func received(_ signal: Int32) {
        switch signal {
        case SIGHUP: continuation.yield(.reload)
        case SIGUSR1: continuation.yield(.reopenLog)
        default:
            // Whoever asks twice does not want to wait for anything.
            if isStopping { _exit(128 + signal) }
            isStopping = true
            continuation.yield(.stop(signal))
        }
    }
}
