import GantryBytes
import GantryCrypto
import Synchronization

/// The challenges that wait for an answer. Each can be answered once, in time; what nobody answers is forgotten.
///
/// They live in memory only: after a restart a client asks for a new one. Times are those of a clock that is never set.
/// Owner of the state: the mutex.
final class Challenges: Sendable {
    /// Time for an answer.
    static let lifetime = Duration.seconds(120)
    /// Challenges that wait, of everybody and of one address; the oldest makes room.
    static let countMax = 10_000
    static let perAddressMax = 64

    /// What an answer is checked against.
    struct Challenge: Sendable {
        let message: LoginMessage
        /// Nil when there is no such user or key: no answer is right then.
        let key: KeyRecord?
        /// What an RSA key has to decrypt; empty for a key that signs.
        let secret: [UInt8]
        let address: String
        let expires: ContinuousClock.Instant
    }

    private struct State {
        var challenges: [String: Challenge] = [:]
        /// In the order in which they were made; those that were answered are skipped.
        var order: [String] = []
        var ordersOfAddress: [String: [String]] = [:]
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant) { self.now = now }

    /// Keeps a challenge and gives the id under which it can be answered.
    func add(_ message: LoginMessage, key: KeyRecord?, secret: [UInt8], address: String) -> String {
        let id = Base64.encode(SecureRandom.bytes(24), alphabet: .url, padded: false)
        let time = now()
        let challenge = Challenge(
            message: message, key: key, secret: secret, address: address, expires: time + Self.lifetime)
        state.withLock { state in
            Self.makeRoom(&state, address, time)
            state.challenges[id] = challenge
            state.order.append(id)
            state.ordersOfAddress[address, default: []].append(id)
        }
        return id
    }

    /// Takes a challenge out; nil when there is none, or no more.
    func take(_ id: String) -> Challenge? {
        let time = now()
        let found = state.withLock { state -> Challenge? in
            guard let found = state.challenges.removeValue(forKey: id) else { return nil }
            state.ordersOfAddress[found.address]?.removeAll { $0 == id }
            if state.ordersOfAddress[found.address]?.isEmpty == true { state.ordersOfAddress[found.address] = nil }
            return found
        }
        guard let found, time < found.expires else { return nil }
        return found
    }

    var count: Int { state.withLock { $0.challenges.count } }

    private static func makeRoom(_ state: inout State, _ address: String, _ time: ContinuousClock.Instant) {
        var passed = 0
        while passed < state.order.count {
            let id = state.order[passed]
            if let challenge = state.challenges[id], challenge.expires > time,
                state.challenges.count < countMax
            {
                break
            }
            passed += 1
            remove(id, &state)
        }
        state.order.removeFirst(passed)
        if let own = state.ordersOfAddress[address], own.count >= perAddressMax, let oldest = own.first {
            remove(oldest, &state)
        }
        // Answered and displaced ones stay in the order until they come to its front; they may not become many.
        if state.order.count > 2 * countMax { state.order.removeAll { state.challenges[$0] == nil } }
    }

    private static func remove(_ id: String, _ state: inout State) {
        guard let gone = state.challenges.removeValue(forKey: id) else { return }
        state.ordersOfAddress[gone.address]?.removeAll { $0 == id }
        if state.ordersOfAddress[gone.address]?.isEmpty == true { state.ordersOfAddress[gone.address] = nil }
    }
}
