extension Span where Element == UInt8 {
    /// Lends the bytes to C. The pointer is never null, also when there are no bytes: several OpenSSL functions
    /// take a null pointer as "keep the key of the last call".
    func withPointer<Result, Failure>(
        _ body: (_ bytes: UnsafePointer<UInt8>, _ count: Int) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe withUnsafeBufferPointer { (buffer) throws(Failure) -> Result in
            if let base = buffer.baseAddress { return try unsafe body(base, buffer.count) }
            var nothing: UInt8 = 0
            return try unsafe Swift.withUnsafePointer(to: &nothing) { (pointer) throws(Failure) -> Result in
                try unsafe body(pointer, 0)
            }
        }
    }
}
