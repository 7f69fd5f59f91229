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
        lingerOn(pendingBefore: .max)
    }

    /// Another round as long as the peer takes bytes at all.
    private func lingerOn(pendingBefore: Int) {
        let pending = lower.pendingWriteBytes
        arm(after: Limits.linger) { stream in
            guard stream.phase == .lingering else { return }
            if pending > 0, pending < pendingBefore {
                stream.lingerOn(pendingBefore: pending)
            } else {
                stream.end()
                stream.lower.close()
            }
        }
    }
}
