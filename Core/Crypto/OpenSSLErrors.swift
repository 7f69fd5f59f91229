import COpenSSL

/// The calling thread's OpenSSL error queue; every entry of this module leaves it empty.
package enum OpenSSLErrors {
    /// Takes everything out of the queue, oldest first, as `library: reason (detail)`.
    package static func drain() -> [String] {
        var reasons: [String] = []
        while let reason = next() { reasons.append(reason) }
        return reasons
    }

    /// Empties the queue: after a success that left notes, or after a failure whose reason must not be told.
    package static func clear() {
        ERR_clear_error()
    }

    private static func next() -> String? {
        var detail: UnsafePointer<CChar>?
        var flags: CInt = 0
        let code = unsafe ERR_get_error_all(nil, nil, nil, &detail, &flags)
        guard code != 0 else { return nil }
        var text = unsafe text(ERR_lib_error_string(code), else: "library \(gantry_error_library(code))")
        text += ": "
        text += unsafe self.text(ERR_reason_error_string(code), else: "reason \(gantry_error_reason(code))")
        if flags & ERR_TXT_STRING != 0, let detail = unsafe detail, unsafe detail.pointee != 0 {
            text += unsafe " (\(String(cString: detail)))"
        }
        return text
    }

    private static func text(_ pointer: UnsafePointer<CChar>?, else fallback: String) -> String {
        guard let pointer = unsafe pointer else { return fallback }
        return unsafe String(cString: pointer)
    }
}
