internal import CLibUV
internal import Glibc

extension SocketAddress {
    /// Lends the address in the kernel's form.
    func withNative<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var storage = sockaddr_storage()
        let length = fill(&storage)
        return unsafe withUnsafePointer(to: &storage) {
            unsafe body(UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), length)
        }
    }

    var family: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    private func fill(_ storage: inout sockaddr_storage) -> socklen_t {
        unsafe withUnsafeMutableBytes(of: &storage) { memory in
            switch self {
            case .ipv4(let address, let port):
                var native = sockaddr_in()
                native.sin_family = sa_family_t(AF_INET)
                native.sin_port = port.bigEndian
                native.sin_addr.s_addr = address.bigEndian
                unsafe memory.storeBytes(of: native, as: sockaddr_in.self)
                return socklen_t(MemoryLayout<sockaddr_in>.size)
            case .ipv6(let high, let low, let port, let scope):
                var native = sockaddr_in6()
                native.sin6_family = sa_family_t(AF_INET6)
                native.sin6_port = port.bigEndian
                native.sin6_scope_id = scope
                unsafe withUnsafeMutableBytes(of: &native.sin6_addr) {
                    unsafe $0.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
                    unsafe $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
                }
                unsafe memory.storeBytes(of: native, as: sockaddr_in6.self)
                return socklen_t(MemoryLayout<sockaddr_in6>.size)
            case .unix(let path):
                return unsafe Self.fill(memory, path: path)
            }
        }
    }

    /// An abstract name begins with a zero byte and has no terminator; a path has one.
    private static func fill(_ memory: UnsafeMutableRawBufferPointer, path: String) -> socklen_t {
        let offset = MemoryLayout<sa_family_t>.size
        unsafe memory.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
        var bytes = Array(path.utf8.prefix(unixPathBytesMax))
        let isAbstract = bytes.first == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        unsafe UnsafeMutableRawBufferPointer(rebasing: memory[offset...]).copyBytes(from: bytes)
        return socklen_t(offset + bytes.count + (isAbstract ? 0 : 1))
    }

    /// From the kernel's form; nil for families that are not served here.
    init?(native storage: sockaddr_storage, length: socklen_t) {
        let address = unsafe withUnsafeBytes(of: storage) { unsafe Self.read($0, length: Int(length)) }
        guard let address else { return nil }
        self = address
    }

    /// From a list of `getaddrinfo`.
    init?(native pointer: UnsafePointer<sockaddr>, length: socklen_t) {
        let memory = unsafe UnsafeRawBufferPointer(start: UnsafeRawPointer(pointer), count: Int(length))
        guard let address = unsafe Self.read(memory, length: Int(length)) else { return nil }
        self = address
    }

    private static func read(_ memory: UnsafeRawBufferPointer, length: Int) -> SocketAddress? {
        guard length >= MemoryLayout<sa_family_t>.size else { return nil }
        switch Int32(unsafe memory.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            let native = unsafe memory.loadUnaligned(as: sockaddr_in.self)
            return .ipv4(UInt32(bigEndian: native.sin_addr.s_addr), port: UInt16(bigEndian: native.sin_port))
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            let native = unsafe memory.loadUnaligned(as: sockaddr_in6.self)
            return unsafe withUnsafeBytes(of: native.sin6_addr) {
                .ipv6(
                    high: UInt64(bigEndian: unsafe $0.loadUnaligned(as: UInt64.self)),
                    low: UInt64(bigEndian: unsafe $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                    port: UInt16(bigEndian: native.sin6_port), scope: native.sin6_scope_id)
            }
        case AF_UNIX:
            var bytes = unsafe Array(memory[MemoryLayout<sa_family_t>.size..<length])
            if bytes.first == 0, bytes.count > 1 {
                bytes[0] = UInt8(ascii: "@")
            } else {
                bytes = Array(bytes.prefix { $0 != 0 })
            }
            return .unix(String(decoding: bytes, as: UTF8.self))
        default: return nil
        }
    }

    /// The address that a socket is bound to.
    static func ofSocket(_ descriptor: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) {
            unsafe getsockname(
                descriptor, UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self), &length)
        }
        return result == 0 ? SocketAddress(native: storage, length: length) : nil
    }
}
