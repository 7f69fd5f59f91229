/// Several connection attempts of which the first to succeed wins; on one loop, without tasks.
final class ConnectRace {
    private let loop: Loop
    private let addresses: [SocketAddress]
    private let completion: (Result<Void, any Error>) -> Void
    private var next = 0
    private var running: [Int: SocketStream] = [:]
    private var winner: SocketStream?
    private var firstFailure: LoopError?
    private var stagger: LoopTimer?
    private var isOver = false

    init(_ addresses: [SocketAddress], on loop: Loop, _ completion: @escaping (Result<Void, any Error>) -> Void) {
        self.addresses = addresses
        self.loop = loop
        self.completion = completion
    }

    func start() {
        if addresses.count > 1 { stagger = LoopTimer(on: loop) { [self] in startNext() } }
        startNext()
    }

    /// Gives up every attempt, and the winner if nobody has taken it.
    func stop() {
        isOver = true
        stagger?.close()
        stagger = nil
        let streams = running.values
        running = [:]
        streams.forEach { $0.abort() }
        winner?.abort()
        winner = nil
    }

    func takeWinner() throws(LoopError) -> SocketStream {
        guard let winner, !winner.isClosed else { throw LoopError(.cancelled, "connect") }
        self.winner = nil
        return winner
    }

    private func startNext() {
        while !isOver, next < addresses.count {
            let index = next
            next += 1
            do throws(LoopError) {
                if addresses[index].isUnix {
                    winner = try SocketStream.connectUnix(to: addresses[index], on: loop)
                    return end(.success(()))
                }
                running[index] = try SocketStream.begin(to: addresses[index], on: loop) { [self] in finish(index, $0) }
                if next < addresses.count { stagger?.schedule(after: SocketStream.attemptStagger) }
                return
            } catch {
                firstFailure = firstFailure ?? error
            }
        }
        if !isOver, running.isEmpty { end(.failure(firstFailure ?? LoopError(.hostNotFound, "connect"))) }
    }

    private func finish(_ index: Int, _ error: LoopError?) {
        guard !isOver, let stream = running.removeValue(forKey: index) else { return }
        if let error {
            stream.close()
            firstFailure = firstFailure ?? error
            startNext()
        } else {
            winner = stream
            stream.setNoDelay(true)
            end(.success(()))
        }
    }

    private func end(_ result: Result<Void, any Error>) {
        isOver = true
        stagger?.close()
        stagger = nil
        let losers = running.values
        running = [:]
        losers.forEach { $0.abort() }
        completion(result)
    }
}
