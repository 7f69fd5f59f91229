import COpenSSL

/// Overwrites secrets that lie in buffers of our own.
package enum SecretBytes {
    /// Fills the array with zeros in a way that the compiler does not remove, then empties it. Copies that others
    /// still share are not touched: wipe the only owner.
    package static func wipe(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
        bytes = []
    }
}
