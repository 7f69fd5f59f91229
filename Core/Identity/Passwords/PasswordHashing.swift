package import GantryCrypto
package import GantryEventLoop
import Synchronization

/// Where password hashes are computed: off the loops, few at a time, with a short queue.
///
/// A hash takes a core and 16 MiB for a fifth of a second, so that somebody who sends many passwords would otherwise
/// keep everybody else waiting. Owner of the queue: the mutex.
package final class PasswordHashing: Sendable {
    /// Hashes that may wait for their turn; more are refused with `tooMany`.
    package static let waitingMax = 64
    /// What a refused caller is told.
    package static let retryAfter = Duration.seconds(2)

    private struct State {
        var running = 0
        var nextID: UInt64 = 0
        var waiting: [(id: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    /// The cost of new verifiers.
    package let cost: Scrypt.Cost
    private let loops: LoopGroup
    private let atATime: Int
    private let state = Mutex(State())

    package init(cost: Scrypt.Cost, loops: LoopGroup, atATime: Int) {
        self.cost = cost
        self.loops = loops
        self.atATime = max(1, atATime)
    }

    /// Hashes that wait for their turn.
    package var waiting: Int { state.withLock { $0.waiting.count } }

    /// Makes a verifier with the cost of new ones.
    package func verifier(for proof: PasswordProof) async throws -> PasswordVerifier {
        let cost = cost
        return try await run { try PasswordVerifier(proof, cost: cost) }
    }

    /// Whether the verifier accepts the proof. Without a verifier the work of a new one is done for nothing, and beside
    /// a cheaper one what is missing to that, so that the time does not tell whether there is one.
    package func check(_ proof: PasswordProof, against verifier: PasswordVerifier?) async throws -> Bool {
        let missing = Self.missingWork(beside: verifier?.cost, to: cost)
        return try await run {
            let salt = [UInt8](repeating: 0, count: PasswordVerifier.saltBytes)
            for cost in missing { _ = try PasswordVerifier(salt: salt, cost: cost, verifier: []).accepts(proof) }
            return try verifier?.accepts(proof) ?? false
        }
    }

    /// The hashes that take, together with one of the cost `done`, the time of one of the cost `whole`. Time grows with
    /// iterations, block size and parallelism. Nothing is missing to a dearer one: it takes longer in any case.
    static func missingWork(beside done: Scrypt.Cost?, to whole: Scrypt.Cost) -> [Scrypt.Cost] {
        guard let done else { return [whole] }
        guard done.work < whole.work else { return [] }
        guard done.blockSize == whole.blockSize, done.parallelism <= whole.parallelism,
            done.iterations <= whole.iterations, done.iterations > 0
        else { return [whole] }
        var missing: [Scrypt.Cost] = []
        // 1024 and 1024 and 2048 and 4096 … are as much as the next power of two.
        var iterations = done.iterations
        while iterations < whole.iterations {
            missing.append(
                Scrypt.Cost(iterations: iterations, blockSize: whole.blockSize, parallelism: done.parallelism))
            iterations *= 2
        }
        let lanes = whole.parallelism - done.parallelism
        if lanes > 0 {
            missing.append(Scrypt.Cost(iterations: whole.iterations, blockSize: whole.blockSize, parallelism: lanes))
        }
        return missing
    }

    private func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await enter()
        defer { leave() }
        return try await loops.next().offload("hash a password", work)
    }

    /// Waits for a turn; a cancelled task gives its place up.
    private func enter() async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let isAdmitted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.running < atATime {
                        state.running += 1
                        return true
                    }
                    guard state.waiting.count < Self.waitingMax else { return false }
                    state.waiting.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let found = state.withLock { state in
                state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0).continuation }
            }
            found?.resume(returning: false)
        }
        guard isAdmitted else {
            try Task.checkCancellation()
            throw IdentityError(
                .tooMany, "too many passwords are being checked at the moment: try again",
                retryAfter: Self.retryAfter)
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst().continuation }
            state.running -= 1
            return nil
        }
        next?.resume(returning: true)
    }
}

extension Scrypt.Cost {
    /// What the time is proportional to.
    fileprivate var work: Double { Double(iterations) * Double(blockSize) * Double(parallelism) }
}
