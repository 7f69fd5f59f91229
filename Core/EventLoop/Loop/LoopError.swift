internal import CLibUV
internal import Glibc

/// A failure of the operating system or of libuv: what was tried, on what, and why it failed.
package struct LoopError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reason as libuv numbers it; on Linux that is `-errno`, or a number of libuv's own for end of file and DNS.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }
        /// From an `errno` value.
        package init(errno: Int32) { rawValue = -errno }
    }

    package let code: Code
    /// The operation that failed, such as `bind`.
    package let operation: String
    /// What it was applied to, such as `127.0.0.1:80`; empty when there is nothing to name.
    package let subject: String

    package init(_ code: Code, _ operation: String, _ subject: String = "") {
        self.code = code
        self.operation = operation
        self.subject = subject
    }

    /// The current `errno` of this thread.
    static func last(_ operation: String, _ subject: String = "") -> LoopError {
        LoopError(Code(errno: errno), operation, subject)
    }

    /// Throws when a libuv function has returned a negative number.
    static func check(_ result: Int32, _ operation: String, _ subject: String = "") throws(LoopError) {
        if result < 0 { throw LoopError(Code(rawValue: result), operation, subject) }
    }

    /// `bind 127.0.0.1:80: address already in use`
    package var description: String {
        subject.isEmpty ? "\(operation): \(code.message)" : "\(operation) \(subject): \(code.message)"
    }
}

extension LoopError.Code {
    package static let accessDenied = Self(errno: EACCES)
    package static let addressFamilyNotSupported = Self(errno: EAFNOSUPPORT)
    package static let addressInUse = Self(errno: EADDRINUSE)
    package static let addressNotAvailable = Self(errno: EADDRNOTAVAIL)
    package static let alreadyExists = Self(errno: EEXIST)
    package static let badDescriptor = Self(errno: EBADF)
    package static let brokenPipe = Self(errno: EPIPE)
    package static let busy = Self(errno: EBUSY)
    package static let cancelled = Self(errno: ECANCELED)
    package static let connectionRefused = Self(errno: ECONNREFUSED)
    package static let connectionReset = Self(errno: ECONNRESET)
    package static let diskFull = Self(errno: ENOSPC)
    package static let hostNotFound = Self(rawValue: Int32(UV_EAI_NONAME.rawValue))
    package static let invalidArgument = Self(errno: EINVAL)
    package static let nameTooLong = Self(errno: ENAMETOOLONG)
    package static let noSuchFile = Self(errno: ENOENT)
    package static let notConnected = Self(errno: ENOTCONN)
    package static let queueFull = Self(errno: ENOBUFS)
    package static let timedOut = Self(errno: ETIMEDOUT)
    package static let tooLarge = Self(errno: EFBIG)

    /// The reason in words, as libuv has them.
    package var message: String {
        unsafe Self.text(capacity: 128) { unsafe uv_strerror_r(rawValue, $0, $1) }
    }

    /// The short name, such as `EADDRINUSE`, for logs and tests.
    package var name: String {
        unsafe Self.text(capacity: 32) { unsafe uv_err_name_r(rawValue, $0, $1) }
    }

    private static func text(
        capacity: Int, _ fill: (UnsafeMutablePointer<CChar>?, Int) -> UnsafeMutablePointer<CChar>?
    ) -> String {
        var characters = [CChar](repeating: 0, count: capacity)
        unsafe characters.withUnsafeMutableBufferPointer { _ = unsafe fill($0.baseAddress, $0.count) }
        return String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
