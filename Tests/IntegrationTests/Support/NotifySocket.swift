import Foundation
import Glibc

/// The service manager's end of `NOTIFY_SOCKET`: collects what a server says, message by message.
final class NotifySocket: Sendable {
    let path: String
    let messages = Observed<[String]>([])
    private let descriptor: Int32

    init(in folder: String) throws {
        path = folder + "/notify"
        _ = unsafe unlink(path)
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = Self.address(path)
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
        }
        guard descriptor >= 0, result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EINVAL) }
        let (open, messages) = (descriptor, messages)
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = unsafe recv(open, &buffer, buffer.count, 0)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { break }
                let text = String(decoding: buffer.prefix(count), as: UTF8.self)
                messages.update { $0.append(text) }
            }
            Glibc.close(open)
        }
    }

    /// An empty message ends the thread, which closes the socket.
    func close() {
        var address = Self.address(path)
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe sendto(descriptor, nil, 0, Int32(MSG_DONTWAIT), $0, length)
            }
        }
    }

    private static func address(_ path: String) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8.prefix(107)) }
        return address
    }
}
