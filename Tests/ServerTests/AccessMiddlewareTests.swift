import GantryHTTP
import Testing

@testable import GantryServer

@Suite struct AccessMiddlewareTests {
    private static func status(_ access: Route.Access, _ path: String = "/held") async throws -> UInt16 {
        let router = try Router([Route(.get, "/held", access: access) { _ in .text("served") }])
        let application = HTTPApplication(router: router, middleware: [AccessMiddleware()])
        var request = try HTTPRequest.test(path, host: "localhost")
        if let reply = application.begin(&request, plan: application.plan(for: request.head)) {
            return reply.status.code
        }
        return await application.finish(request).status.code
    }

    @Test func `what is for everybody is served`() async throws {
        #expect(try await Self.status(.anonymous) == 200)
    }

    @Test(arguments: [Route.Access.authenticated, .grant("procedure:upper")])
    func `what is for users is refused as long as there are none`(access: Route.Access) async throws {
        #expect(try await Self.status(access) == 401)
    }

    @Test func `what is not there needs no right`() async throws {
        #expect(try await Self.status(.authenticated, "/nothing") == 404)
    }
}
