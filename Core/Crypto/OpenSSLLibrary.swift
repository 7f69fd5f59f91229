internal import COpenSSL

/// The library behind everything here, as a whole.
package enum OpenSSLLibrary {
    /// Leaves what OpenSSL keeps to the system when the process ends; only the first call to OpenSSL at all can say so.
    ///
    /// By itself OpenSSL frees it in `exit`, while a thread that ends at the same moment frees its own part: now and
    /// then both free the same memory, and a command that has done its work is aborted.
    package static func keepUntilEnd() { _ = gantry_keep_until_end() }
}
