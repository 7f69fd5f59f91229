import GantryBytes
import GantryEventLoop
import GantryLog
import Synchronization

// What arrives: heads, bodies, and what comes too early.
extension HTTPServerConnection {
    /// Takes bytes from the stream.
    func receive(_ bytes: Span<UInt8>) {
        switch phase {
        case .closed: return
        case .lingering: return dropLate(bytes.count)
        case .raw: return receiveRaw(bytes)
        case .reading, .answering: break
        }
        countBody(bytes.count)
        withOutput {
            guard ahead.isEmpty, canParse else { return keepAhead(bytes) }
            var position = 0
            parse(bytes, &position)
            if position < bytes.count { keepAhead(bytes.extracting(position..<bytes.count)) }
        }
    }

    /// Reads on in what had to wait.
    func readAhead() {
        // Also with nothing ahead: the end of a body that filled the window has been read but not reported.
        let isInBody = isSkippingBody || exchange?.isReceived == false
        guard canParse, isInBody || !ahead.isEmpty else { return resumeIfRoom() }
        let waiting = ahead.takeAll()
        var position = 0
        parse(waiting.span, &position)
        if position < waiting.count { keepAhead(waiting.span.extracting(position..<waiting.count)) }
        resumeIfRoom()
        if hasEnded, ahead.isEmpty { peerDidEnd() }
    }

    /// Whether the client takes its replies quickly enough for another request to begin.
    var hasRoom: Bool { stream.pendingWriteBytes + out.count < host.limits.writeWindowBytes }

    /// Whether requests wait for the client to take the replies before them.
    var isHeldBack: Bool { phase == .reading && !ahead.isEmpty && !hasRoom }

    /// Whether input can be used now: a request may begin, or a body has somebody to go to.
    var canParse: Bool {
        switch phase {
        case .reading: hasRoom
        case .answering:
            if let exchange { !exchange.isReceived && exchange.bodyCount < host.limits.bodyWindowBytes } else { false }
        case .raw, .lingering, .closed: false
        }
    }

    private func keepAhead(_ bytes: Span<UInt8>) {
        switch phase {
        case .raw: return receiveRaw(bytes)
        case .lingering: return dropLate(bytes.count)
        case .closed: return
        case .reading, .answering: break
        }
        ahead.append(bytes)
        // One read may go beyond the limit; the next is not made.
        if ahead.readableCount >= host.limits.pipelineBytes || exchange?.isReceived == false { pauseReading() }
    }

    private func resumeIfRoom() {
        if ahead.readableCount < host.limits.pipelineBytes, ahead.isEmpty || exchange?.isReceived != false {
            resumeReading()
        }
    }

    /// Drives the parser over `bytes` until they are used up or have to wait.
    private func parse(_ bytes: Span<UInt8>, _ position: inout Int) {
        do {
            while canParse {
                switch try parser.next(bytes, at: &position) {
                case .needsMore:
                    if let exchange, !exchange.isDispatched { dispatch() }
                    noteHeadBegin()
                    return
                case .head(let head):
                    try begin(head)
                case .body(let range):
                    takeBody(bytes, range)
                case .end:
                    endOfRequest()
                }
                if let exchange, !exchange.isDispatched,
                    exchange.isReceived || exchange.bodyCount >= host.limits.bodyWindowBytes
                {
                    dispatch()
                    // The usual end: one request came, one reply was made.
                    if phase == .reading, position == bytes.count, !isSkippingBody { return }
                }
            }
        } catch {
            fail(error)
        }
    }

    /// A head that has begun has its own, shorter time.
    private func noteHeadBegin() {
        guard phase == .reading, !isSkippingBody, !parser.isBetweenRequests, !isHeadTimed else { return }
        deadline = host.now + host.times.head
        isHeadTimed = true
    }

    private func begin(_ head: HTTPRequestHead) throws(HTTPParseError) {
        let plan = host.application.plan(for: head)
        let bodyBytesMax = plan.bodyBytesMax ?? host.limits.bodyBytes
        let handlerTime = plan.timeout?.wholeMilliseconds ?? host.times.handler
        exchange = HTTPExchange(head: head, plan: plan, startedAt: host.now, handlerTime: handlerTime)
        phase = .answering
        isHeadTimed = false
        host.counters.requests.add(1, ordering: .relaxed)
        windowStart = host.now
        windowBytes = 0
        deadline = host.now + host.times.bodyIdle
        try parser.limitBody(to: bodyBytesMax)
    }

    private func takeBody(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard !isSkippingBody else { return dropLate(range.count) }
        exchange?.owesContinue = false
        exchange?.addBody([UInt8](bytes.extracting(range)))
        exchange?.wakeBody()
    }

    private func endOfRequest() {
        if isSkippingBody {
            isSkippingBody = false
            if isDraining { linger() }
            return
        }
        guard let exchange else { return }
        exchange.isReceived = true
        // From here on it is the handler that takes its time.
        deadline = host.now + exchange.handlerTime
        exchange.wakeBody()
    }

    /// Counts what nobody will read; too much of it ends the connection.
    private func dropLate(_ count: Int) {
        droppedBytes += count
        if droppedBytes > host.limits.drainBytes { close() }
    }

    private func countBody(_ count: Int) {
        guard let exchange, !exchange.isReceived else { return }
        windowBytes += count
        deadline = host.now + host.times.bodyIdle
    }

    // MARK: - Faults

    /// The input is no HTTP any more: whoever reads the body learns it, else the client gets an error document.
    private func fail(_ error: HTTPParseError) {
        host.counters.malformedRequests.add(1, ordering: .relaxed)
        info.logger.debug("malformed request", ["problem": .string(error.code.rawValue)])
        let problem = Problem(error)
        guard let exchange, exchange.isDispatched else {
            self.exchange = nil
            // The body that is skipped here has had its reply already.
            return isSkippingBody ? linger() : refuse(problem)
        }
        failBody(problem)
    }

    /// Tells the handler that the rest of the body will not come; the connection ends after its reply.
    func failBody(_ problem: Problem) {
        exchange?.bodyFailure = exchange?.bodyFailure ?? problem
        exchange?.wakeBody()
        ahead.removeAll()
    }

    /// Answers without a handler, and ends.
    func refuse(_ problem: Problem) {
        number += 1
        let response = problem.response()
        host.counters.count(response.status)
        guard case .bytes(let body) = response.body else { return close() }
        HTTPResponseWriter.appendHead(
            response.status, response.headers, framing: .length(body.count), connection: .close,
            dateLine: host.currentDateLine(), to: &out)
        out.append(contentsOf: body)
        linger()
    }

    /// The peer has half-closed: what it has asked is still answered, for a while.
    func peerDidEnd() {
        hasEnded = true
        switch phase {
        // A lingering stream ends by itself when both sides have ended.
        case .closed, .lingering: break
        case .raw: exchange?.wakeBody()
        case .answering:
            if exchange?.isReceived == false, ahead.isEmpty {
                failBody(.truncatedBody)
            }
            deadline = host.now + host.times.halfClosed
        case .reading:
            guard ahead.isEmpty else { return }
            guard !parser.isBetweenRequests, !isSkippingBody else { return linger() }
            refuse(Problem(HTTPParseError(.truncated, "The connection ended inside a request.")))
        }
    }
}
