import Synchronization

/// Remembers who the latest tokens and certificates belong to, so that a request costs a hash and a look-up.
///
/// What the store says is authoritative: every change of a user, a key, a session or a grant forgets the users that it
/// touches before it is acknowledged. An answer of the store that was read while something was forgotten is used once
/// and not kept. Owner of the state: the mutex.
package final class CallerCache: Sendable {
    /// Callers that are remembered at the most; beyond it one that was not used lately makes room for each new one.
    package static let callersMax = 100_000
    /// A use is written to the store when the last written one is older than this.
    package static let touchInterval: Int64 = 60_000

    /// When a remembered caller ends, in Unix milliseconds.
    package struct Life: Sendable, Equatable {
        package var usedAt: Int64
        /// How long it lives without being used; nil for as long as it may.
        package var idleTime: Int64?
        package var expiresAt: Int64?

        package init(usedAt: Int64, idleTime: Int64?, expiresAt: Int64?) {
            self.usedAt = usedAt
            self.idleTime = idleTime
            self.expiresAt = expiresAt
        }

        /// Whether it has ended. A clock that was set back makes nothing end.
        package func isOver(at now: Int64) -> Bool {
            if let expiresAt, now >= expiresAt { return true }
            if let idleTime, now - usedAt >= idleTime { return true }
            return false
        }

        /// The earlier one of both ends.
        package var end: Int64? {
            let idleEnd = idleTime.map { usedAt + $0 }
            guard let idleEnd, let expiresAt else { return idleEnd ?? expiresAt }
            return min(idleEnd, expiresAt)
        }
    }

    /// A use that the store does not know yet.
    package struct Touch: Sendable, Hashable {
        package let proof: Caller.Proof
        package let usedAt: Int64
    }

    private struct State {
        var table = CallerTable()
        /// Counts what was forgotten, so that an older answer of the store is not kept.
        var forgotten: UInt64 = 0
        var touches: [Caller.Proof: Int64] = [:]
    }

    private let state = Mutex(State())
    private let callersMax: Int

    package init(callersMax: Int = CallerCache.callersMax) { self.callersMax = max(1, callersMax) }

    /// Who the token belongs to, if that is remembered and has not ended; notes the use.
    package func caller(_ hash: TokenHash, now: Int64) -> Caller? {
        state.withLock { state in
            guard let place = state.table.place(of: hash) else { return nil }
            let caller = Self.use(&state.table[place], now, &state.touches)
            if caller == nil { state.table.remove(place) }
            return caller
        }
    }

    /// What to hand to `remember` with the answer of a look-up that begins now.
    package var mark: UInt64 { state.withLock { $0.forgotten } }

    /// Keeps what the store has said, unless something was forgotten since `mark`.
    package func remember(_ caller: Caller, _ life: Life, _ hash: TokenHash, mark: UInt64, now: Int64) {
        state.withLock { state in
            guard state.forgotten == mark, !life.isOver(at: now) else { return }
            var entry = CallerTable.Entry(caller: caller, life: life, writtenAt: life.usedAt)
            _ = Self.use(&entry, now, &state.touches)
            // Whoever comes once only makes room before those who come again.
            entry.isFresh = false
            state.table.insert(entry, hash, entriesMax: callersMax)
        }
    }

    package func forget(_ touched: Touched) {
        guard touched.isEverybody || !touched.userIDs.isEmpty else { return }
        if touched.isEverybody { return forgetAll() }
        state.withLock { state in
            state.forgotten += 1
            for userID in touched.userIDs { state.table.removeAll(of: userID) }
        }
    }

    package func forgetAll() {
        var gone = CallerTable()
        state.withLock { state in
            state.forgotten += 1
            swap(&gone, &state.table)
        }
        // Here, where nobody waits for the lock, the memory of many callers is given back.
        gone = CallerTable()
    }

    /// Takes the uses that the store has to learn.
    package func takeTouches() -> [Touch] {
        state.withLock { state in
            defer { state.touches = [:] }
            return state.touches.map { Touch(proof: $0.key, usedAt: $0.value) }
        }
    }

    package var count: Int { state.withLock { $0.table.count } }

    private static func use(
        _ entry: inout CallerTable.Entry, _ now: Int64, _ touches: inout [Caller.Proof: Int64]
    ) -> Caller? {
        guard !entry.life.isOver(at: now) else { return nil }
        entry.life.usedAt = now
        entry.isFresh = true
        // The clock may have been set back, too.
        if abs(now - entry.writtenAt) >= touchInterval, touches.count < callersMax {
            entry.writtenAt = now
            touches[entry.caller.proof] = now
        }
        return entry.caller
    }
}

/// The SHA-256 of a token or certificate as a dictionary's key.
package struct TokenHash: Sendable, Hashable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Takes 32 bytes.
    package init(_ bytes: [UInt8]) {
        precondition(bytes.count == 32, "a SHA-256 has 32 bytes")
        func word(_ place: Int) -> UInt64 {
            var value: UInt64 = 0
            for index in place * 8..<place * 8 + 8 { value = value << 8 | UInt64(bytes[index]) }
            return value
        }
        words = (word(0), word(1), word(2), word(3))
    }

    package static func == (one: TokenHash, other: TokenHash) -> Bool { one.words == other.words }

    /// The hash is random already.
    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
