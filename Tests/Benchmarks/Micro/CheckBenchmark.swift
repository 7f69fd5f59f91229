import GantryIdentity
import TestSupport

/// What a request waits for until it is known whose it is and whether it may pass.
struct CheckBenchmark {
    struct Result {
        /// Microseconds of one check, sorted.
        fileprivate(set) var times: [Double] = []
        /// Checks that the memory could not answer; they are not in `times`.
        fileprivate(set) var forgotten = 0
        /// Answers that were older than a change which was over before they were asked for.
        fileprivate(set) var stale = 0

        func percentile(_ part: Double) -> Double {
            times.isEmpty ? .infinity : times[min(times.count - 1, Int(Double(times.count) * part))]
        }
    }

    /// Every session holds it by the role.
    private static let wanted = Grant(kind: "procedure", name: "upper", action: nil)
    /// Keeps the times of one round below 32 MB.
    private static let checksMax = 4_000_000

    let callers: Callers
    let tokens: [String]
    private var random = SeededRandom(seed: 3)

    init(_ store: BenchmarkStore, sessions: Int, of all: Int) {
        callers = store.identity.callers
        // Spread over the whole table, whatever its size.
        tokens = (0..<sessions).map { BenchmarkStore.token($0 * (all / sessions)) }
    }

    /// Has the store asked for each session once.
    func remember() async throws {
        for token in tokens { _ = try await callers.find(token: token) }
    }

    /// As a request does it: the memory first, then the store; only the memory's answers count.
    mutating func cached(seconds: Double) async throws -> Result {
        var result = Result()
        let end = ContinuousClock.now + .seconds(seconds)
        var before = ContinuousClock.now
        while before < end, result.times.count < Self.checksMax {
            let token = tokens[Int.random(in: tokens.indices, using: &random)]
            before = .now
            let caller = callers.known(token: token)
            let isAllowed = caller?.may(Self.wanted)
            let after = ContinuousClock.now
            if isAllowed == nil {
                result.forgotten += 1
                _ = try await callers.find(token: token)
            } else {
                result.times.append(before.duration(to: after) / .microseconds(1))
            }
            guard isAllowed ?? true else { throw BenchmarkError.refused }
        }
        result.times.sort()
        return result
    }

    /// The same while somebody's grants change; every eighth check is theirs, and compared with the truth.
    mutating func cached(seconds: Double, beside changes: GrantChanges) async throws -> Result {
        var result = Result()
        let end = ContinuousClock.now + .seconds(seconds)
        var before = ContinuousClock.now
        while before < end, result.times.count < Self.checksMax {
            let isTheirs = Int.random(in: 0..<8, using: &random) == 0
            let token = isTheirs ? tokens[0] : tokens[Int.random(in: tokens.indices, using: &random)]
            let turn = changes.truth.now
            before = .now
            var caller = callers.known(token: token)
            let isAllowed = caller?.may(Self.wanted)
            let after = ContinuousClock.now
            if isAllowed == nil {
                result.forgotten += 1
                caller = try await callers.find(token: token)
            } else {
                result.times.append(before.duration(to: after) / .microseconds(1))
            }
            if isTheirs, let caller, changes.truth.isStale(caller.may(GrantChanges.grant), from: turn) {
                result.stale += 1
            }
        }
        result.times.sort()
        return result
    }

    /// Asks the store each time.
    mutating func uncached(seconds: Double) async throws -> Result {
        var result = Result()
        let end = ContinuousClock.now + .seconds(seconds)
        var before = ContinuousClock.now
        while before < end {
            let token = tokens[Int.random(in: tokens.indices, using: &random)]
            before = .now
            let isAllowed = try await callers.find(token: token).may(Self.wanted)
            result.times.append(before.duration(to: .now) / .microseconds(1))
            guard isAllowed else { throw BenchmarkError.refused }
        }
        result.times.sort()
        return result
    }
}

enum BenchmarkError: Error {
    case noFolder, refused
    case http(String)
}
