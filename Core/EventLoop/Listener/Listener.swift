internal import CLibUV
internal import GantryLog
internal import Glibc

/// Accepts connections on one address and hands each to its closure, which may send it to any loop.
///
/// When the process is out of descriptors or memory the listener rests for `exhaustedPause` and tries again: waiting
/// connections stay in the kernel's backlog, others go on, and the log and `onTrouble` hear of it once per
/// `troubleInterval`.
package final class Listener {
    /// The named limits of accepting.
    package enum Limits {
        /// Connections accepted before others get their turn.
        package static let acceptBatchMax = 64
        /// How long accepting rests when descriptors or memory have run out.
        package static let exhaustedPause = Duration.milliseconds(100)
        /// At most one report of trouble in this time.
        package static let troubleInterval = Duration.seconds(10)
    }

    package let loop: Loop
    /// The address bound to, with the port that the system chose.
    package let localAddress: SocketAddress
    /// Hears why accepting fails, at most once per `Limits.troubleInterval`, with the number of failures since.
    package var onTrouble: ((LoopError, _ failures: Int) -> Void)?

    private var descriptor: Int32
    private let socketFile: UnixSocketFile?
    private let onAccept: (AcceptedSocket) -> Void
    private var poll: PollHandle?
    private var retry: LoopTimer?
    private var isPaused = false
    private var failures = 0
    private var lastReport: ContinuousClock.Instant?

    /// Binds and listens at once; connections arrive as soon as the loop turns.
    package convenience init(
        on loop: Loop, address: SocketAddress, options: ListenerOptions = ListenerOptions(),
        onAccept: @escaping (AcceptedSocket) -> Void
    ) throws(LoopError) {
        let bound = try BoundSocket.bind(address, options)
        try self.init(on: loop, bound: bound, onAccept: onAccept)
    }

    /// Takes over a listening descriptor that was inherited; it is closed with the listener, its file stays.
    package convenience init(
        on loop: Loop, adopting descriptor: Int32, onAccept: @escaping (AcceptedSocket) -> Void
    ) throws(LoopError) {
        let bound = try BoundSocket.adopt(descriptor)
        try self.init(on: loop, bound: bound, onAccept: onAccept)
    }

    private init(
        on loop: Loop, bound: BoundSocket, onAccept: @escaping (AcceptedSocket) -> Void
    ) throws(LoopError) {
        self.loop = loop
        localAddress = bound.address
        descriptor = bound.descriptor
        socketFile = bound.file
        self.onAccept = onAccept
        do throws(LoopError) {
            let poll = try PollHandle(.listener, on: loop, descriptor: bound.descriptor) { [self] _ in accept() }
            poll.onClose = { [self] in releaseSocket() }
            self.poll = poll
            try poll.update(.readable)
        } catch {
            if let poll { poll.close() } else { releaseSocket() }
            throw error
        }
    }

    /// Leaves new connections in the backlog until `resume()`, for example at a connection limit.
    package func pause() {
        loop.preconditionCurrent()
        isPaused = true
        watch(false)
    }

    /// Accepts again after `pause()`.
    package func resume() {
        loop.preconditionCurrent()
        isPaused = false
        if retry?.isScheduled != true { watch(true) }
    }

    /// Stops listening: the port is free at once, the file of a UNIX socket is gone. Accepted connections live on.
    package func close() { poll?.close() }

    private func releaseSocket() {
        retry?.close()
        retry = nil
        onTrouble = nil
        poll = nil
        socketFile?.remove()
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
    }

    private func watch(_ isOn: Bool) {
        guard let poll, !poll.isClosed else { return }
        do throws(LoopError) {
            try poll.update(isOn ? .readable : [])
        } catch {
            report(error)
            rest()
        }
    }

    private func accept() {
        for _ in 0..<Limits.acceptBatchMax {
            guard !isPaused, poll?.isClosed == false else { return }
            switch BoundSocket.accept(on: descriptor) {
            case .accepted(let socket): onAccept(socket)
            case .empty: return
            case .retry: continue
            case .exhausted(let error):
                report(error)
                return rest()
            }
        }
    }

    private func rest() {
        if let poll, !poll.isClosed { try? poll.update([]) }  // when even this fails, the timer tries all of it again
        let timer = retry ?? LoopTimer(on: loop) { [self] in if !isPaused { watch(true) } }
        retry = timer
        timer.schedule(after: Limits.exhaustedPause)
    }

    private func report(_ error: LoopError) {
        failures += 1
        let now = ContinuousClock.now
        if let lastReport, lastReport.duration(to: now) < Limits.troubleInterval { return }
        lastReport = now
        let error = LoopError(error.code, "accept", localAddress.description)
        loop.logger.warning(
            "accepting connections pauses", ["error": .string(error.description), "failures": .int(failures)])
        onTrouble?(error, failures)
        failures = 0
    }
}
