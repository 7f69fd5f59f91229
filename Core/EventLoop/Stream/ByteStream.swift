/// A bidirectional stream of bytes that lives on one loop: a socket, a pipe, or a layer such as TLS above one.
///
/// Every member is called on `loop` only. A stream stays alive, and keeps its handler alive, from its creation until
/// `streamDidClose` has been delivered; `close()` or `abort()` is therefore always called by somebody.
///
/// Nothing is read before `startReading()`. Writes never block: what the kernel does not take at once is queued, the
/// queue counts into `pendingWriteBytes`, and a producer stops at `writeHighWater` until `streamDidDrain`. A write
/// after `finishWriting()`, `close()` or `abort()` is ignored: the handler learns of the end by `streamDidClose`.
package protocol ByteStream: AnyObject {
    /// The loop on which this stream lives and on which its handler is called.
    var loop: Loop { get }
    /// The address of the other side, when it has one.
    var peer: SocketAddress? { get }
    /// The address of this side, when it has one.
    var local: SocketAddress? { get }
    /// Receives the events; replaced freely while the stream is open, released after `streamDidClose`. Bytes that
    /// arrive while there is none are dropped, so it is set before `startReading()`.
    var handler: (any ByteStreamHandler)? { get set }

    /// Delivers incoming bytes until `pauseReading()`; does nothing when already reading or after the end.
    func startReading()
    /// Leaves incoming bytes in the kernel, which slows the peer down; the peer's end and reset go unnoticed meanwhile.
    func pauseReading()

    /// Sends the bytes in order; what cannot be sent at once is queued without a copy.
    func write(_ bytes: [UInt8])
    /// Sends the bytes in order; what cannot be sent at once is copied into the queue.
    func write(_ bytes: Span<UInt8>)
    /// Sends a head and a body in order, with one system call where the stream can.
    func write(_ head: [UInt8], _ body: [UInt8])

    /// Bytes accepted by `write` that the kernel has not taken yet.
    var pendingWriteBytes: Int { get }
    /// At this many pending bytes the stream is congested until it drains.
    var writeHighWater: Int { get set }
    /// At or below this many pending bytes a congested stream reports `streamDidDrain`.
    var writeLowWater: Int { get set }

    /// Ends the sending direction after everything queued is sent; reading goes on.
    /// When the peer has ended too, the stream closes by itself.
    func finishWriting()
    /// Closes both directions now; queued bytes that the kernel has not taken are dropped.
    func close()
    /// Closes both directions now and tells the peer by a reset instead of an orderly end.
    func abort()
    /// True from `close()`, `abort()` or a failure on; `streamDidClose` may still be due.
    var isClosed: Bool { get }

    /// Sends small writes at once (`true`) or lets the kernel gather them; no effect where there is no such choice.
    func setNoDelay(_ isOn: Bool)
}

extension ByteStream {
    /// True when a producer should wait for `streamDidDrain`.
    package var isCongested: Bool { pendingWriteBytes >= writeHighWater }

    package func write(_ head: [UInt8], _ body: [UInt8]) {
        write(head)
        write(body)
    }
}

/// The default marks and the limit of a stream's write queue.
package enum WriteQueueLimits {
    /// Default of `writeHighWater`.
    package static let highWaterBytes = 256 * 1024
    /// Default of `writeLowWater`.
    package static let lowWaterBytes = 64 * 1024
    /// A write that finds this many bytes pending ends the stream: its producer ignores congestion.
    package static let pendingBytesMax = 32 * 1024 * 1024
}
