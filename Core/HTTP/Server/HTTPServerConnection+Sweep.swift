import GantryBytes
import GantryEventLoop
import GantryLog
import Synchronization

// What happens when nothing happens: called a few times per second.
extension HTTPServerConnection {
    func sweep(_ now: Int64) {
        guard phase != .closed, !isStalled(now) else { return }
        switch phase {
        case .closed, .raw: break
        case .lingering:
            // What is still queued has the stall limit instead.
            if now >= deadline, stream.pendingWriteBytes == 0 { close() }
        case .reading: if now >= deadline, !isHeldBack { endReading() }
        case .answering: sweepExchange(now)
        }
    }

    /// Ends the connection when queued bytes have not moved for too long.
    private func isStalled(_ now: Int64) -> Bool {
        let pending = stream.pendingWriteBytes
        guard pending > 0, pending == stallMark else {
            stallMark = pending
            stallSince = now
            return false
        }
        guard now - stallSince >= host.times.writeStall else { return false }
        countTimeout("write-stall")
        abort()
        return true
    }

    private func endReading() {
        if isSkippingBody || parser.isBetweenRequests { return withOutput { linger() } }
        countTimeout("head-timeout")
        withOutput { refuse(.slowHead) }
    }

    private func sweepExchange(_ now: Int64) {
        guard let current = exchange else { return }
        if case .events = current.reply {
            if hasEnded { return cancelForGoneClient(now) }
            if now >= deadline { sendHeartbeat() }
            return
        }
        // A reply under way shows by itself whether the client is still there.
        if hasEnded, current.reply == .none { return cancelForGoneClient(now) }
        if !current.isReceived, current.bodyFailure == nil, !isPaused {
            guard now >= deadline || isTooSlow(now) else { return }
            // While we owe the client a 100 it waits for us, not we for it.
            guard !current.owesContinue else { return sweepHandler(now, current) }
            countTimeout("body-timeout")
            withOutput { failBody(.slowBody) }
            deadline = now + current.handlerTime
        } else {
            sweepHandler(now, current)
        }
    }

    private func isTooSlow(_ now: Int64) -> Bool {
        let window = host.times.bodyRateWindow
        guard now - windowStart >= window else { return false }
        let bytesMin = Int64(host.limits.bodyBytesPerSecond) * (now - windowStart) / 1000
        defer {
            windowStart = now
            windowBytes = 0
        }
        return Int64(windowBytes) < bytesMin
    }

    /// A handler that has not begun its reply in time is given up; a reply under way has only the stall limit.
    private func sweepHandler(_ now: Int64, _ current: HTTPExchange) {
        guard current.reply == .none, now >= deadline else { return }
        // While its body waits to be read, a handler has its time from the request's start.
        guard current.isReceived || now >= current.startedAt + current.handlerTime else { return }
        countTimeout("handler-timeout")
        withOutput {
            endExchange()
            refuse(.slowHandler)
        }
    }

    private func cancelForGoneClient(_ now: Int64) {
        guard let current = exchange, !current.isCancelled, now >= deadline else { return }
        exchange?.isCancelled = true
        current.task?.cancel()
        exchange?.wakeBody()
        exchange?.wakeDrain()
    }

    private func countTimeout(_ kind: String) {
        host.counters.timeouts.add(1, ordering: .relaxed)
        info.logger.debug("connection timed out", ["kind": .string(kind)])
    }
}
