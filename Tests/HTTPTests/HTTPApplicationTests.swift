import GantryHTTP
import Synchronization
import Testing

/// How a request passes the layers and reaches its handler, without sockets.
@Suite struct HTTPApplicationTests {
    /// Writes down what happens to it; answers or fails by itself when told so.
    private final class Recorder: HTTPMiddleware {
        enum Way { case pass, answer, fail }
        let name: String
        let way: Way
        let log: Log

        init(_ name: String, _ log: Log, _ way: Way = .pass) {
            self.name = name
            self.log = log
            self.way = way
        }

        func begin(_ request: inout HTTPRequest) throws -> HTTPResponse? {
            log.lines.withLock { $0.append("\(name) begins") }
            switch way {
            case .pass: return nil
            case .answer: return HTTPResponse(.accepted)
            case .fail: throw Problem.badRequest("bad", "The layer refuses.")
            }
        }

        func end(_ request: HTTPRequest, _ response: inout HTTPResponse) {
            log.lines.withLock { $0.append("\(name) ends \(response.status.code)") }
        }
    }

    private final class Log: Sendable {
        let lines = Mutex<[String]>([])
    }

    private func request(_ path: String) throws -> HTTPRequest {
        let head = try #require(ParserTranscript("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n").heads.first)
        return HTTPRequest(head: head, connection: HTTPConnectionInfo())
    }

    /// The status of the answer at once, if there is one, and in the end.
    private func statuses(_ path: String, _ route: Route, _ layers: [any HTTPMiddleware]) async throws -> [UInt16?] {
        let application = HTTPApplication(router: try Router([route]), middleware: layers)
        var request = try request(path)
        let first = application.begin(&request, plan: application.plan(for: request.head))
        if let first { return [first.status.code] }
        return [nil, await application.finish(request).status.code]
    }

    @Test func immediateRoutesAnswerAtOnce() async throws {
        var route = Route.immediate(.get, "/", access: .anonymous) { _ in HTTPResponse(.created) }
        #expect(try await statuses("/", route, []) == [201])
        route.handler = { _ in HTTPResponse(.accepted) }
        #expect(try await statuses("/", route, []) == [nil, 202])
        let failing = Route.immediate(.get, "/", access: .anonymous) { _ in throw Problem.notFound("x") }
        #expect(try await statuses("/", failing, []) == [404])
        let broken = Route.immediate(.get, "/", access: .anonymous) { _ in throw CancellationError() }
        #expect(try await statuses("/", broken, []) == [503])
    }

    @Test(arguments: [
        (Recorder.Way.pass, "/", ["a begins", "b begins", "c begins", "c ends 200", "b ends 200", "a ends 200"]),
        (.pass, "/none", ["a begins", "b begins", "c begins", "c ends 404", "b ends 404", "a ends 404"]),
        (.answer, "/", ["a begins", "b begins", "a ends 202"]), (.fail, "/", ["a begins", "b begins", "a ends 400"]),
    ])
    private func layersSeeWhatTheyHaveLetPass(_ way: Recorder.Way, _ path: String, _ expected: [String]) async throws {
        for isImmediate in [true, false] {
            let route =
                isImmediate
                ? Route.immediate(.get, "/", access: .anonymous) { _ in .text("") }
                : Route(.get, "/", access: .anonymous) { _ in .text("") }
            let log = Log()
            _ = try await statuses(path, route, [Recorder("a", log), Recorder("b", log, way), Recorder("c", log)])
            #expect(log.lines.withLock { $0 } == expected)
        }
    }
}
