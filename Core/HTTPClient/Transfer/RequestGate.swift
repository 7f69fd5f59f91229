internal import GantryEventLoop

/// Lets as many requests run as the client's limits allow, altogether and to one origin; the rest waits in order.
final class RequestGate {
    private struct Waiter {
        let id: UInt64
        let origin: String
        let timer: LoopTimer
        let continuation: CheckedContinuation<Result<Void, HTTPClientError>, Never>
    }

    private let loop: Loop
    private let limits: HTTPClientLimits
    private var inside = 0
    private var insideByOrigin: [String: Int] = [:]
    private var waiting: [Waiter] = []

    init(on loop: Loop, limits: HTTPClientLimits) {
        self.loop = loop
        self.limits = limits
    }

    var insideCount: Int { inside }
    var waitingCount: Int { waiting.count }

    /// Returns when there is a place; fails when too many wait already, or it takes longer than `patience`.
    func enter(_ origin: String, id: UInt64, patience: Duration) async -> Result<Void, HTTPClientError> {
        if hasRoom(for: origin), !waiting.contains(where: { $0.origin == origin }) {
            admit(origin)
            return .success(())
        }
        guard waiting.count < limits.waitingMax else {
            return .failure(
                HTTPClientError(.queueFull, .waitingForPlace, host: origin, "\(waiting.count) requests wait already"))
        }
        return await withCheckedContinuation { continuation in
            let timer = LoopTimer(on: loop) { [weak self] in
                self?.refuse(
                    id,
                    HTTPClientError(.timeout, .waitingForPlace, host: origin, "all were busy for \(patience)"))
            }
            timer.schedule(after: patience)
            waiting.append(Waiter(id: id, origin: origin, timer: timer, continuation: continuation))
        }
    }

    /// Gives a place back and lets the next ones in that fit.
    func leave(_ origin: String) {
        inside -= 1
        let left = (insideByOrigin[origin] ?? 1) - 1
        insideByOrigin[origin] = left > 0 ? left : nil
        while let index = waiting.firstIndex(where: { hasRoom(for: $0.origin) }) {
            let waiter = waiting.remove(at: index)
            admit(waiter.origin)
            waiter.timer.close()
            waiter.continuation.resume(returning: .success(()))
        }
    }

    /// Ends the wait of one request, if it waits.
    func refuse(_ id: UInt64, _ error: HTTPClientError) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        let waiter = waiting.remove(at: index)
        waiter.timer.close()
        waiter.continuation.resume(returning: .failure(error))
    }

    func refuseAll(_ error: HTTPClientError) {
        for waiter in waiting { refuse(waiter.id, error) }
    }

    private func hasRoom(for origin: String) -> Bool {
        inside < limits.connectionsMax && (insideByOrigin[origin] ?? 0) < limits.connectionsPerOriginMax
    }

    private func admit(_ origin: String) {
        inside += 1
        insideByOrigin[origin, default: 0] += 1
    }
}
