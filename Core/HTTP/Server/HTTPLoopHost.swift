import GantryBytes
package import GantryEventLoop
import Synchronization

/// What the connections of one loop share: the application, the limits, one output buffer, the date line, one timer.
///
/// One sweep over all connections, a few times per second at most, replaces a timer per connection: time is as coarse
/// as the sweep, and a connection pays for a deadline with one stored number.
// SAFETY: every member but the constants is touched on `loop` only, which each entry checks; the connections that share
// a host are actors of that same loop.
@safe package final class HTTPLoopHost: @unchecked Sendable {
    package let loop: Loop
    let limits: HTTPLimits
    /// The times of `limits` on the server's clock.
    let times: HTTPTimes
    let counters: HTTPCounters
    private(set) var application: HTTPApplication
    private(set) var isDraining = false
    private var isClosed = false
    /// Milliseconds on the server's clock as of the last sweep.
    private(set) var now: Int64
    private var connections: [HTTPServerConnection] = []
    private var scratch: [UInt8] = []
    private var dateLine: [UInt8] = []
    private var dateSecond: Int64 = 0
    private var timer: LoopTimer?
    private var drainTimer: LoopTimer?
    private let clock: @Sendable () -> Int64
    private var requestNumber: UInt64
    private let sweepInterval: Duration
    private var emptyWaiters: [CheckedContinuation<Void, Never>] = []

    /// An output buffer that has grown beyond this is not kept.
    private static let scratchBytesKept = 256 << 10
    private static let sweepIntervalMax = Duration.milliseconds(500)
    private static let sweepIntervalMin = Duration.milliseconds(5)

    init(
        loop: Loop, application: HTTPApplication, limits: HTTPLimits, counters: HTTPCounters,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.loop = loop
        self.application = application
        self.limits = limits
        times = HTTPTimes(limits)
        self.counters = counters
        self.clock = clock
        now = clock()
        requestNumber = UInt64.random(in: 0...UInt64.max)
        let shortest = [
            limits.headTime, limits.bodyIdleTime, limits.bodyRateWindow, limits.keepAliveTime, limits.writeStallTime,
            limits.lingerTime, limits.halfClosedTime, limits.handlerTime, limits.eventHeartbeat,
        ].min()
        sweepInterval = max(Self.sweepIntervalMin, min(Self.sweepIntervalMax, (shortest ?? .seconds(1)) / 4))
    }

    // MARK: - Connections

    /// Takes a connection in; its place in the list is told so that it can leave at no cost.
    func add(_ connection: HTTPServerConnection) -> Int {
        loop.preconditionCurrent()
        connections.append(connection)
        counters.connectionsOpen.add(1, ordering: .relaxed)
        counters.connectionsAccepted.add(1, ordering: .relaxed)
        if connections.count == 1 { startSweeping() }
        return connections.count - 1
    }

    /// Lets a connection go; the last one of the list takes its place.
    func remove(at slot: Int) {
        loop.preconditionCurrent()
        let last = connections.removeLast()
        if slot < connections.count {
            connections[slot] = last
            last.assumeIsolated { $0.slot = slot }
        }
        counters.connectionsOpen.subtract(1, ordering: .relaxed)
        guard connections.isEmpty else { return }
        timer?.cancel()
        for waiter in emptyWaiters { waiter.resume() }
        emptyWaiters = []
    }

    private func startSweeping() {
        guard !isClosed else { return }
        now = clock()
        if timer == nil { timer = LoopTimer(on: loop) { [weak self] in self?.sweep() } }
        timer?.schedule(after: sweepInterval, repeating: sweepInterval)
    }

    private func sweep() {
        now = clock()
        // A connection that ends during the sweep moves another into its place: the list is walked from its end.
        var index = connections.count - 1
        while index >= 0 {
            if index < connections.count { connections[index].assumeIsolated { $0.sweep(now) } }
            index -= 1
        }
    }

    // MARK: - Life

    func replaceApplication(_ application: HTTPApplication) {
        loop.preconditionCurrent()
        self.application = application
    }

    /// Idle connections end now, busy ones after their current request, what is left at the deadline then.
    func drain(until deadline: ContinuousClock.Instant) {
        loop.preconditionCurrent()
        isDraining = true
        if drainTimer == nil, !isClosed { drainTimer = LoopTimer(on: loop) { [weak self] in self?.abort() } }
        drainTimer?.schedule(at: deadline)
        for connection in connections { connection.assumeIsolated { $0.drain() } }
    }

    private func abort() {
        for connection in connections { connection.assumeIsolated { $0.abort() } }
    }

    /// Returns when no connection is left.
    func waitUntilEmpty() async {
        loop.preconditionCurrent()
        if connections.isEmpty { return }
        await withCheckedContinuation { emptyWaiters.append($0) }
    }

    /// Gives the timer back; the host serves no more.
    func close() {
        loop.preconditionCurrent()
        isClosed = true
        timer?.close()
        timer = nil
        drainTimer?.close()
        drainTimer = nil
    }

    // MARK: - Shared parts

    /// Lends the output buffer, empty; a second borrower gets a new one.
    func takeScratch() -> [UInt8] {
        defer { scratch = [] }
        return scratch
    }

    func returnScratch(_ buffer: consuming [UInt8]) {
        guard buffer.capacity <= Self.scratchBytesKept else { return }
        buffer.removeAll(keepingCapacity: true)
        scratch = buffer
    }

    /// The date field of replies, renewed once per second.
    func currentDateLine() -> [UInt8] {
        let time = UnixTime.now()
        if time.seconds != dateSecond {
            dateSecond = time.seconds
            dateLine = HTTPResponseWriter.dateLine(time)
        }
        return dateLine
    }

    /// An id that is unique in this process and unlikely elsewhere; short enough to be stored without an allocation.
    func makeRequestID() -> String {
        requestNumber &+= 0x9E37_79B9_7F4A_7C15
        let number = requestNumber
        return unsafe String(unsafeUninitializedCapacity: 13) { buffer in
            var rest = number
            for index in 0..<13 {
                let digit = UInt8(truncatingIfNeeded: rest & 31)
                unsafe buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                rest >>= 5
            }
            return 13
        }
    }
}
