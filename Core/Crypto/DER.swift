/// Calls OpenSSL's `d2i_…` and `i2d_…` functions: whole input or nothing, lengths checked.
enum DER {
    /// The largest key or certificate read; real ones have a few thousand bytes.
    static let bytesMax = 256 << 10

    /// Decodes one object. Bytes after it are an error.
    static func decode(
        _ der: Span<UInt8>, _ what: String, bytesMax: Int = bytesMax, free: (OpaquePointer) -> Void,
        _ decoder: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> OpaquePointer?
    ) throws(CryptoError) -> OpaquePointer {
        guard der.count <= bytesMax else { throw CryptoError(.tooLarge, "\(what) is larger than \(bytesMax) bytes") }
        return try unsafe der.withPointer { (bytes, count) throws(CryptoError) -> OpaquePointer in
            var cursor: UnsafePointer<UInt8>? = unsafe bytes
            let object = unsafe decoder(&cursor, count)
            guard let object = unsafe object else { throw .openSSL(.malformed, "\(what) is malformed") }
            OpenSSLErrors.clear()
            guard unsafe cursor == bytes + count else {
                unsafe free(object)
                throw CryptoError(.malformed, "\(what) has bytes after its end")
            }
            return unsafe object
        }
    }

    /// Encodes one object.
    static func encode(
        _ what: String, _ encoder: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> CInt
    ) throws(CryptoError) -> [UInt8] {
        let count = encoder(nil)
        guard count > 0 else { throw .openSSL(.unavailable, "\(what) cannot be encoded") }
        var written: CInt = 0
        let der = unsafe [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
            var cursor = buffer.baseAddress
            written = unsafe encoder(&cursor)
            initialized = written == count ? Int(count) : 0
        }
        guard written == count else { throw .openSSL(.unavailable, "\(what) cannot be encoded") }
        return der
    }
}
