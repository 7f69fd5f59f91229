import GantryCrypto
package import GantryEventLoop
import Glibc

extension TLSStream: ByteStreamHandler {
    package func streamDidRead(_ bytes: Span<UInt8>) {
        switch phase {
        case .handshaking, .open: if !peerHasEnded { work(on: bytes) }
        case .idle, .lingering, .closed: break
        }
    }

    package func streamDidEnd() {
        guard phase == .handshaking || phase == .open, !peerHasEnded else { return }
        do throws(TLSError) {
            try engine.endOfCiphertext()
            isTruncated = true
            peerDidEnd()
        } catch {
            fail(error, lingers: false)
        }
    }

    package func streamDidDrain() {
        guard phase == .open else { return }
        updateReading()
        handler?.streamDidDrain()
    }

    package func streamDidClose(_ error: LoopError?) {
        if phase == .handshaking, failure == nil, let error {
            failure = TLSError(.truncated, "lost during the TLS handshake: \(error)")
        }
        end()
        let heir = handler
        handler = nil
        heir?.streamDidClose(failure.map { LoopError(.init(errno: EPROTO), "TLS", $0.reason) } ?? error)
    }

    /// Runs the engine over the bytes and over what it kept, delivers what comes out, and sends what is to be sent.
    func work(on bytes: Span<UInt8>) {
        isFeeding = true
        do throws(TLSError) {
            var progress = try engine.feed(bytes, deliver: deliver)
            if progress == .opened {
                didOpen()
                if phase == .open, isReading { progress = try engine.proceed(deliver: deliver) }
            }
            isFeeding = false
            try flushReplies()
            if progress == .ended { peerDidEnd() }
            if phase == .open { updateReading() }
        } catch {
            isFeeding = false
            flush()
            fail(error, lingers: true)
        }
    }

    private func deliver(_ plaintext: Span<UInt8>) -> Bool {
        handler?.streamDidRead(plaintext)
        return isReading && phase == .open
    }

    private func didOpen() {
        flush()
        phase = .open
        timer?.close()
        timer = nil
        let wasCongested = waitingBytes >= writeHighWater
        for bytes in waiting where phase == .open { seal(bytes.span) }
        waiting = []
        waitingBytes = 0
        if isFinished, phase == .open { sendEnd() }
        if let session = engine.session { settle(.success(session)) }
        if wasCongested, phase == .open, !isCongested { handler?.streamDidDrain() }
    }

    /// Reads below when our user wants bytes, or when nothing but the end can come.
    func updateReading() {
        let wants =
            switch phase {
            case .handshaking, .lingering: true
            case .open: peerHasEnded || isReading && engine.keptBytes == 0
            case .idle, .closed: false
            }
        if wants { lower.startReading() } else { lower.pauseReading() }
        if phase == .open, isReading, engine.keptBytes > 0 { resumeSoon() }
    }

    /// Goes on with what the engine kept, in a job of its own: a reader is not called from inside its `startReading`.
    func resumeSoon() {
        guard !isResumeDue else { return }
        isResumeDue = true
        // SAFETY: the closure runs on the loop of the stream, where it is made.
        nonisolated(unsafe) let stream = self
        loop.execute { unsafe stream.resume() }
    }

    private func resume() {
        isResumeDue = false
        guard phase == .open, isReading, !isFeeding, !peerHasEnded else { return }
        let nothing: [UInt8] = []
        work(on: nothing.span)
    }

    private func peerDidEnd() {
        guard phase == .open, !peerHasEnded else { return }
        peerHasEnded = true
        handler?.streamDidEnd()
        guard phase == .open else { return }
        if isFinished { linger() } else { updateReading() }
    }
}
