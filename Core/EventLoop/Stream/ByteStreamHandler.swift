/// Receives the events of one stream, on the stream's loop.
///
/// Order: any number of `streamDidRead` and `streamDidDrain`, at most one `streamDidEnd`, then exactly one
/// `streamDidClose`, which is the last call and never happens inside a call into the stream.
package protocol ByteStreamHandler: AnyObject {
    /// Bytes have arrived. They are valid during this call only: the memory belongs to the loop.
    func streamDidRead(_ bytes: Span<UInt8>)
    /// The peer sends no more; writing is still possible.
    func streamDidEnd()
    /// The write queue of a congested stream has fallen to its low-water mark.
    func streamDidDrain()
    /// The stream is gone, by `close()`, by `abort()`, after both ends finished (`nil`), or because of the error.
    func streamDidClose(_ error: LoopError?)
}

extension ByteStreamHandler {
    package func streamDidDrain() {}
}
