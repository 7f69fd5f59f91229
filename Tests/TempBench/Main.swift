import GantryEventLoop
import GantryHTTP
import GantryLog
import Glibc

@main struct Main {
    static func main() async throws {
        let loop = try Loop(name: "bench")
        try loop.start()
        let router = try Router([
            Route(.get, "/", access: .anonymous) { _ in .text("Hello, World!") },
            Route(.post, "/echo", access: .anonymous) { r in
                HTTPResponse(body: .bytes(try await r.body.collect(upTo: 1 << 30)))
            },
        ])
        let app = HTTPApplication(router: router, middleware: [])
        let server = HTTPServer(loops: [loop], application: app)
        let port = UInt16(CommandLine.arguments[1]) ?? 0
        try await loop.run {
            let info = HTTPConnectionInfo()
            let listener = try Listener(on: loop, address: .loopback(port: port)) { accepted in
                if let stream = try? SocketStream(adopting: accepted, on: loop) {
                    server.accept(stream: stream, firstBytes: [], info: info)
                }
            }
            print("port", listener.localAddress)
        }
        while true { try await Task.sleep(for: .seconds(1000)) }
    }
}
