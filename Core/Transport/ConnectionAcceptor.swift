package import GantryEventLoop

/// Takes a connection over: the stream, what has been read of it, and what is known about it.
///
/// Called on the stream's loop while the stream is paused. The acceptor sets the stream's handler before it returns
/// (else the connection is closed), treats the bytes as the first ones read, and begins to read when it likes.
package typealias ConnectionAcceptor =
    @Sendable (_ stream: sending any ByteStream, _ first: [UInt8], _ info: ConnectionInfo) -> Void

/// A handler that wants to know when its port drains, so that it can end between two requests.
package protocol DrainingHandler: ByteStreamHandler {
    /// No new work is to begin on this stream: close it now when idle, else after what is under way.
    func streamShouldDrain()
}
