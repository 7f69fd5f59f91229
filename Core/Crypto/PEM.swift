import COpenSSL

/// Text armour around DER (RFC 7468), and OpenSSL's older encrypted form of it.
package enum PEM {
    /// The largest text read: several times a distribution's bundle of roots.
    package static let bytesMax = 4 << 20
    /// The most blocks read from one text.
    package static let blocksMax = 2048

    /// One block: what stands between a BEGIN and an END line.
    package struct Block: Sendable, Hashable {
        package let label: String
        /// The lines `Proc-Type` and `DEK-Info` of an encrypted block in the old form; else empty.
        let header: String
        package internal(set) var der: [UInt8]
    }

    /// Every block of a text, in order; text between them is ignored, as OpenSSL does. No block at all is an error.
    package static func blocks(_ text: Span<UInt8>, what: String = "PEM text") throws(CryptoError) -> [Block] {
        guard text.count <= bytesMax else { throw CryptoError(.tooLarge, "\(what) is larger than \(bytesMax) bytes") }
        return try unsafe text.withPointer { (bytes, count) throws(CryptoError) -> [Block] in
            guard let bio = unsafe BIO_new_mem_buf(bytes, CInt(count)) else {
                throw .openSSL(.unavailable, "\(what) cannot be read")
            }
            defer { unsafe BIO_free(bio) }
            var blocks: [Block] = []
            while let block = try unsafe nextBlock(bio, what: what) {
                guard blocks.count < blocksMax else {
                    throw CryptoError(.tooLarge, "\(what) has more than \(blocksMax) blocks")
                }
                blocks.append(block)
            }
            guard !blocks.isEmpty else { throw CryptoError(.malformed, "\(what) has no BEGIN line") }
            return blocks
        }
    }

    /// Every block of a text, in order.
    package static func blocks(_ text: String, what: String = "PEM text") throws(CryptoError) -> [Block] {
        try blocks(text.utf8.span, what: what)
    }

    /// Armours DER with lines of 64 characters.
    package static func encode(label: String, der: [UInt8]) throws(CryptoError) -> String {
        guard let bio = unsafe BIO_new(BIO_s_mem()) else { throw .openSSL(.unavailable, "PEM text cannot be written") }
        defer { unsafe BIO_free(bio) }
        let written = unsafe der.span.withPointer { (bytes, count) -> CInt in
            unsafe PEM_write_bio(bio, label, "", bytes, count)
        }
        var start: UnsafeMutablePointer<CChar>?
        let count = unsafe gantry_bio_data(bio, &start)
        guard written > 0, count > 0, let start = unsafe start else {
            throw .openSSL(.unavailable, "PEM text cannot be written")
        }
        return unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }

    private static func nextBlock(_ bio: OpaquePointer, what: String) throws(CryptoError) -> Block? {
        var name: UnsafeMutablePointer<CChar>?
        var header: UnsafeMutablePointer<CChar>?
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        guard unsafe PEM_read_bio(bio, &name, &header, &bytes, &count) == 1 else {
            let last = ERR_peek_last_error()
            if gantry_error_library(last) == ERR_LIB_PEM, gantry_error_reason(last) == PEM_R_NO_START_LINE {
                OpenSSLErrors.clear()
                return nil
            }
            throw .openSSL(.malformed, "\(what) is malformed")
        }
        defer {
            unsafe gantry_free(name)
            unsafe gantry_free(header)
            unsafe gantry_clear_free(bytes, count)
        }
        return unsafe Block(
            label: name.map { unsafe String(cString: $0) } ?? "",
            header: header.map { unsafe String(cString: $0) } ?? "",
            der: [UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
    }
}
