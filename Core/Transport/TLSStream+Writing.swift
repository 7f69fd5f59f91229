import GantryCrypto
import GantryEventLoop

extension TLSStream {
    func seal(_ bytes: Span<UInt8>) {
        do throws(TLSError) {
            try engine.write(bytes)
        } catch {
            fail(error, lingers: true)
        }
        flush()
    }

    func flush() {
        let ciphertext = engine.takeCiphertext()
        if !ciphertext.isEmpty { lower.write(ciphertext) }
    }

    /// Sends what TLS itself has to say. A peer can ask for new keys as often as it likes; one that does not read the
    /// answers is cut off.
    func flushReplies() throws(TLSError) {
        let replies = engine.takeCiphertext()
        unreadReplyBytes = lower.pendingWriteBytes == 0 ? replies.count : unreadReplyBytes + replies.count
        guard unreadReplyBytes <= Limits.unreadReplyBytesMax else {
            throw TLSError(.protocolViolation, "the peer makes TLS answer and does not read the answers")
        }
        if !replies.isEmpty { lower.write(replies) }
    }

    /// Keeps what is written before the handshake is done, up to what any stream would queue.
    func wait(_ bytes: [UInt8]) {
        guard waitingBytes + bytes.count <= WriteQueueLimits.pendingBytesMax else {
            return fail(TLSError(.notWritable, "too many bytes were written before the handshake"), lingers: false)
        }
        waiting.append(bytes)
        waitingBytes += bytes.count
    }

    /// Tells the peer that we are done, by TLS and by the stream below.
    func sendEnd() {
        engine.shutdown()
        flush()
        lower.finishWriting()
        if peerHasEnded { linger() }
    }

    /// TLS is over because of `error`. The peer may still take the alert that says so, unless there is no point in it.
    func fail(_ error: TLSError, lingers: Bool) {
        guard failure == nil, phase != .closed else { return }
        failure = error
        waiting = []
        waitingBytes = 0
        if lingers {
            lower.finishWriting()
            linger()
        } else {
            end()
            lower.close()
        }
        settle(.failure(error))
    }

    /// Waits for the peer to close: closing with its bytes unread would be a reset, which may overtake our last ones.
    func linger() {
        guard phase != .closed, phase != .lingering else { return }
        phase = .lingering
        lower.startReading()
        lingerOn(pendingBefore: .max, roundsLeft: Limits.lingerRoundsMax)
    }

    /// Another round as long as the peer takes bytes at all.
    private func lingerOn(pendingBefore: Int, roundsLeft: Int) {
        let pending = lower.pendingWriteBytes
        arm(after: Limits.linger) { stream in
            guard stream.phase == .lingering else { return }
            if pending > 0, pending < pendingBefore, roundsLeft > 1 {
                stream.lingerOn(pendingBefore: pending, roundsLeft: roundsLeft - 1)
            } else {
                stream.end()
                stream.lower.close()
            }
        }
    }
}
