import COpenSSL
import Synchronization

/// The sessions that a client may resume, by the name of the server.
final class TLSSessionCache: Sendable {
    /// One session; each is used for one connection, as RFC 8446 §C.4 asks.
    // SAFETY: OpenSSL counts references atomically and locks what it changes in a session.
    @safe final class Session: @unchecked Sendable {
        let pointer: OpaquePointer

        /// Takes the reference over.
        init(adopting pointer: OpaquePointer) {
            unsafe self.pointer = unsafe pointer
        }

        deinit {
            unsafe SSL_SESSION_free(pointer)
        }
    }

    private struct Entry {
        var sessions: [Session]
        var lastUse: UInt64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var uses: UInt64 = 0
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.entries.values.reduce(0) { $0 + $1.sessions.count } } }

    func put(_ session: Session, for name: String) {
        state.withLock { state in
            state.uses += 1
            var entry = state.entries[name] ?? Entry(sessions: [], lastUse: 0)
            entry.sessions.append(session)
            if entry.sessions.count > TLSLimits.sessionsPerNameMax { entry.sessions.removeFirst() }
            entry.lastUse = state.uses
            state.entries[name] = entry
            if state.entries.count > TLSLimits.sessionNamesMax,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
            {
                state.entries[oldest] = nil
            }
        }
    }

    /// The newest session for a name, which is forgotten with this call.
    func take(for name: String) -> Session? {
        state.withLock { state in
            guard let session = state.entries[name]?.sessions.popLast() else { return nil }
            if state.entries[name]?.sessions.isEmpty == true { state.entries[name] = nil }
            return session
        }
    }
}
