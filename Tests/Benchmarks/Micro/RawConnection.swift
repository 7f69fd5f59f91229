import GantryJSON
import Glibc

/// One keep-alive connection to a server on this machine, which waits for each reply and costs next to nothing.
final class RawConnection {
    private static let replyBytesMax = 1 << 16

    private let file: Int32
    private let port: UInt16

    init(port: UInt16) throws {
        self.port = port
        file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isOpen = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        var one: Int32 = 1
        _ = unsafe setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        guard isOpen else { throw BenchmarkError.http("cannot connect to port \(port)") }
    }

    deinit { close(file) }

    func exchange(_ path: String, _ body: JSONObject, token: String? = nil) throws -> JSONObject {
        try send(path, body, token: token)
        return try receive()
    }

    func send(_ path: String, _ body: JSONObject, token: String? = nil) throws {
        let text = JSONValue.object(body).text()
        let proof = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let request = Array(
            """
            POST \(path) HTTP/1.1\r
            Host: 127.0.0.1:\(port)\r
            Content-Type: application/json\r
            \(proof)Content-Length: \(text.utf8.count)\r
            \r
            \(text)
            """.utf8)
        // A request is smaller than the socket's buffer: it is written in one piece or not at all.
        guard unsafe write(file, request, request.count) == request.count else {
            throw BenchmarkError.http("the server has closed the connection")
        }
    }

    /// Waits for the reply; one that is no success is an error.
    func receive() throws -> JSONObject {
        var bytes = [UInt8](repeating: 0, count: Self.replyBytesMax)
        var count = 0
        while count < bytes.count {
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe read(file, $0.baseAddress?.advanced(by: count), Self.replyBytesMax - count)
            }
            guard got > 0 else { throw BenchmarkError.http("the server has closed the connection") }
            count += got
            if let body = try Self.body(bytes[..<count]) { return body }
        }
        throw BenchmarkError.http("a reply of more than \(Self.replyBytesMax) bytes")
    }

    /// The body, when it is there as a whole.
    private static func body(_ bytes: ArraySlice<UInt8>) throws -> JSONObject? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let field = head.first { $0.lowercased().hasPrefix("content-length:") }
        guard let length = field.flatMap({ Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) }) else {
            throw BenchmarkError.http("a reply without a length")
        }
        guard bytes.count - end.upperBound >= length else { return nil }
        let body = Array(bytes[end.upperBound..<end.upperBound + length])
        guard head[0].contains(" 20") else {
            throw BenchmarkError.http("\(head[0]): \(String(decoding: body, as: UTF8.self))")
        }
        return try JSONValue.parse(body.span).object ?? [:]
    }
}
