internal import Synchronization

/// What a loop holds that must be given back.
package enum LoopResource: String, CaseIterable, Sendable {
    case stream, listener, timer, poll, process, signal, request, file
}

/// The live resources of one loop by kind, and how its turns went; readable from any thread.
package final class LoopCounters: Sendable {
    private let streams = Atomic<Int>(0)
    private let listeners = Atomic<Int>(0)
    private let timers = Atomic<Int>(0)
    private let polls = Atomic<Int>(0)
    private let processes = Atomic<Int>(0)
    private let signals = Atomic<Int>(0)
    private let requests = Atomic<Int>(0)
    private let files = Atomic<Int>(0)
    private let turns = Atomic<UInt64>(0)
    private let jobs = Atomic<UInt64>(0)
    private let stalls = Atomic<UInt64>(0)
    private let longestTurn = Atomic<UInt64>(0)

    private func count(_ resource: LoopResource, by difference: Int) {
        switch resource {
        case .stream: streams.add(difference, ordering: .relaxed)
        case .listener: listeners.add(difference, ordering: .relaxed)
        case .timer: timers.add(difference, ordering: .relaxed)
        case .poll: polls.add(difference, ordering: .relaxed)
        case .process: processes.add(difference, ordering: .relaxed)
        case .signal: signals.add(difference, ordering: .relaxed)
        case .request: requests.add(difference, ordering: .relaxed)
        case .file: files.add(difference, ordering: .relaxed)
        }
    }

    func add(_ resource: LoopResource) { count(resource, by: 1) }
    func remove(_ resource: LoopResource) { count(resource, by: -1) }

    /// How many of this kind are alive.
    package func live(_ resource: LoopResource) -> Int {
        switch resource {
        case .stream: streams.load(ordering: .relaxed)
        case .listener: listeners.load(ordering: .relaxed)
        case .timer: timers.load(ordering: .relaxed)
        case .poll: polls.load(ordering: .relaxed)
        case .process: processes.load(ordering: .relaxed)
        case .signal: signals.load(ordering: .relaxed)
        case .request: requests.load(ordering: .relaxed)
        case .file: files.load(ordering: .relaxed)
        }
    }

    /// Everything alive by kind, without the kinds of which there is none: `[:]` after a clean stop.
    package var live: [LoopResource: Int] {
        var found: [LoopResource: Int] = [:]
        for resource in LoopResource.allCases where live(resource) != 0 { found[resource] = live(resource) }
        return found
    }

    /// What keeps a stopping loop running: all handles and requests, but not open files, which their owners close.
    var liveOnLoop: Int {
        LoopResource.allCases.reduce(0) { $1 == .file ? $0 : $0 + live($1) }
    }
}

/// How the turns of a loop went, for metrics.
package struct LoopLoad: Sendable, Hashable {
    /// Turns since the start.
    package let turns: UInt64
    /// Jobs and closures run since the start.
    package let jobs: UInt64
    /// Turns that kept the loop from the kernel longer than `Loop.Limits.stallMilliseconds`, since the start.
    package let stalls: UInt64
    /// The longest time away from the kernel since the previous `takeLoad()`.
    package let longestTurnMilliseconds: UInt64
}

extension LoopCounters {
    /// The load so far; the longest turn starts over.
    package func takeLoad() -> LoopLoad {
        LoopLoad(
            turns: turns.load(ordering: .relaxed), jobs: jobs.load(ordering: .relaxed),
            stalls: stalls.load(ordering: .relaxed),
            longestTurnMilliseconds: longestTurn.exchange(0, ordering: .relaxed))
    }

    // Only the loop's thread counts, so a plain load and store is enough, and cheaper than an atomic addition.
    func countJobs(_ number: Int) {
        jobs.store(jobs.load(ordering: .relaxed) &+ UInt64(number), ordering: .relaxed)
    }

    func countTurn(milliseconds: UInt64, isWhole: Bool) {
        if isWhole { turns.store(turns.load(ordering: .relaxed) &+ 1, ordering: .relaxed) }
        if milliseconds > longestTurn.load(ordering: .relaxed) { longestTurn.store(milliseconds, ordering: .relaxed) }
        if milliseconds > Loop.Limits.stallMilliseconds {
            stalls.store(stalls.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        }
    }
}
