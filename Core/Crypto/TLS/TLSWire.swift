import COpenSSL

/// The ciphertext of one engine in both directions; OpenSSL reaches it as a BIO.
///
/// Incoming bytes are lent for the time of one `lend` and only copied when a paused reader leaves some of them behind,
/// outgoing bytes are appended to one array that the caller takes away: an idle connection holds neither.
// SAFETY: belongs to one engine and is used by its thread only; the window is empty outside of `lend`.
@safe final class TLSWire {
    /// What OpenSSL wrote and nobody took yet.
    private var output: [UInt8] = []
    private var window = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    private var kept: [UInt8] = []
    /// How many bytes OpenSSL has read since the beginning.
    private(set) var consumedBytes = 0

    var outputBytes: Int { output.count }
    var keptBytes: Int { kept.count }

    func takeOutput() -> [UInt8] {
        guard !output.isEmpty else { return [] }
        let taken = output
        output = []
        return taken
    }

    func reserveOutput(_ count: Int) {
        if output.isEmpty { output.reserveCapacity(count) }
    }

    /// Lets OpenSSL read `bytes` after what an earlier call left; keeps what `body` does not read.
    func lend<Result>(_ bytes: Span<UInt8>, _ body: () throws(TLSError) -> Result) throws(TLSError) -> Result {
        guard !kept.isEmpty else {
            return try unsafe bytes.withUnsafeBytes { (bytes) throws(TLSError) in try unsafe lend(bytes, body) }
        }
        var joined = kept
        kept = []
        unsafe bytes.withUnsafeBytes { unsafe joined.append(contentsOf: $0) }
        return try unsafe joined.span.withUnsafeBytes { (bytes) throws(TLSError) in try unsafe lend(bytes, body) }
    }

    private func lend<Result>(
        _ bytes: UnsafeRawBufferPointer, _ body: () throws(TLSError) -> Result
    ) throws(TLSError) -> Result {
        unsafe window = unsafe bytes
        defer {
            if unsafe !window.isEmpty { unsafe kept.append(contentsOf: window) }
            unsafe window = UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return try body()
    }

    fileprivate func read(into target: UnsafeMutableRawBufferPointer) -> Int {
        let count = unsafe min(target.count, window.count)
        guard count > 0 else { return 0 }
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: window[..<count]))
        unsafe window = unsafe UnsafeRawBufferPointer(rebasing: window[count...])
        consumedBytes += count
        return count
    }

    fileprivate func write(_ source: UnsafeRawBufferPointer) {
        unsafe output.append(contentsOf: source)
    }

    /// A BIO over this wire, which must outlive it.
    func makeBIO() throws(TLSError) -> OpaquePointer {
        guard let method = unsafe TLSWire.method.pointer, let bio = unsafe BIO_new(method) else {
            throw .openSSL(.configuration, "no memory for a TLS connection")
        }
        unsafe BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        unsafe BIO_set_init(bio, 1)
        return unsafe bio
    }

    /// The table of functions that all wires share; made once, never freed.
    // SAFETY: written before it is shared, never changed after.
    @safe private struct Method: @unchecked Sendable {
        let pointer: OpaquePointer?

        init() {
            let method = unsafe BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire")
            unsafe BIO_meth_set_read(method, readFromWire)
            unsafe BIO_meth_set_write(method, writeToWire)
            unsafe BIO_meth_set_ctrl(method, controlWire)
            unsafe pointer = method
        }
    }

    private static let method = Method()
}

private func wire(of bio: OpaquePointer?) -> TLSWire? {
    guard let data = unsafe BIO_get_data(bio) else { return nil }
    return unsafe Unmanaged<TLSWire>.fromOpaque(data).takeUnretainedValue()
}

private func readFromWire(_ bio: OpaquePointer?, _ target: UnsafeMutablePointer<CChar>?, _ count: CInt) -> CInt {
    guard let wire = unsafe wire(of: bio), let target = unsafe target else { return -1 }
    unsafe tls_bio_clear_retry(bio)
    let read = unsafe wire.read(into: UnsafeMutableRawBufferPointer(start: target, count: Int(count)))
    guard read > 0 else {
        unsafe tls_bio_want_read(bio)
        return -1
    }
    return CInt(truncatingIfNeeded: read)
}

private func writeToWire(_ bio: OpaquePointer?, _ source: UnsafePointer<CChar>?, _ count: CInt) -> CInt {
    guard let wire = unsafe wire(of: bio), let source = unsafe source else { return -1 }
    unsafe wire.write(UnsafeRawBufferPointer(start: source, count: Int(count)))
    return count
}

private func controlWire(
    _ bio: OpaquePointer?, _ command: CInt, _ number: CLong, _ argument: UnsafeMutableRawPointer?
) -> CLong {
    command == BIO_CTRL_FLUSH ? 1 : 0
}
