import GantryClient
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct GantryClientTests {
    private func failure(_ server: String, timeout: Duration = .seconds(10)) async throws -> ClientError {
        var options = GantryClient.Options(server: server)
        options.timeout = timeout
        let client: GantryClient
        do throws(ClientError) {
            client = try GantryClient(options)
        } catch {
            return error
        }
        let error = await #expect(throws: ClientError.self) { try await client.status() }
        await client.close()
        return try #require(error)
    }

    private static func reply(_ status: String, _ type: String, _ body: String) -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test(arguments: ["", "ftp://example.org", "http://exa mple.org", "http://localhost:99999"])
    func `what is no address is refused before anything is sent`(server: String) async throws {
        let error = try await failure(server)
        #expect(error.code == .badAddress)
        #expect(error.message.hasPrefix("\"\(server)\" is no server's address: "))
        #expect(!error.message.contains("bad URL"), "one reason is enough")
        #expect(error.hint == "an address looks like http://localhost:5690")
    }

    @Test func `a port where nobody listens is unavailable`() async throws {
        // The port was free a moment ago; nothing else on this machine is started in between.
        let port = try await CannedServer.run("") { $0 }
        let error = try await failure("127.0.0.1:\(port)")
        #expect(error.code == .unavailable)
        #expect(error.message.contains("onnection refused"))
        #expect(error.message.hasPrefix("127.0.0.1:\(port) cannot be asked: "))
    }

    @Test func `a socket file that is not there is unavailable`() async throws {
        let error = try await failure("unix:/nowhere/gantry.sock")
        #expect(error.code == .unavailable)
    }

    @Test(
        arguments: [
            (reply("200 OK", "text/html", "<html>"), ClientError.Code.unexpectedReply, "does not speak JSON", 200),
            (reply("200 OK", "application/json", #"{"status":"OK"}"#), .unexpectedReply, "is not a Gantry server", nil),
            (reply("200 OK", "application/json", "[]"), .unexpectedReply, "is not a Gantry server", nil),
            (reply("404 Not Found", "text/html", "<html>"), .refused, "the server answered 404", 404),
            (
                reply("503 Busy", "application/problem+json", #"{"title":"Server busy","detail":"Try again."}"#),
                .refused,
                "the server answered 503: Try again.", 503
            ),
            (
                reply("403 No", "application/problem+json", #"{"title":"Forbidden"}"#), .refused,
                "the server answered 403: Forbidden", 403
            ),
            ("", .unavailable, "cannot be asked", nil),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", .unavailable, "", nil),
        ] as [(String, ClientError.Code, String, Int?)])
    func `each wrong answer has its error`(
        reply: String, code: ClientError.Code, message: String, status: Int?
    ) async throws {
        let error = try await CannedServer.run(reply) { try await failure("http://127.0.0.1:\($0)/") }
        #expect(error.code == code)
        #expect(error.message.contains(message), "\(error.message)")
        #expect(error.status == status)
    }

    @Test func `a server's words are taken apart`() async throws {
        let document = #"""
            {"status": "OK", "app_name": "Gantry", "version": "1", "state": "impaired", "reason": "full",
             "uptime_seconds": 3}
            """#
        let status = try await CannedServer.run(Self.reply("200 OK", "application/json", document)) { port in
            let client = try GantryClient(.init(server: "http://127.0.0.1:\(port)"))
            let status = try await client.status()
            await client.close()
            return status
        }
        #expect(status.name == "Gantry" && status.version == "1" && status.state == "impaired")
        #expect(status.reason == "full" && status.uptimeSeconds == 3 && !status.isReady)
    }
}
