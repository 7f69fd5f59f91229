import GantryHTTP
import Testing

@testable import GantryServer

@Suite struct SessionLimitTests {
    @Test func `no more than the maximum enters`() {
        let sessions = SessionLimit(maximum: 2)
        #expect(sessions.enter() && sessions.enter())
        #expect(!sessions.enter() && !sessions.enter())
        #expect(sessions.count == 2)
        sessions.leave()
        #expect(sessions.enter())
        #expect(sessions.count == 2)
    }

    private static func reply(_ kind: String) -> HTTPResponse {
        switch kind {
        case "stream": HTTPResponse(body: .stream(length: nil) { _ in })
        case "events": HTTPResponse(body: .events { _ in })
        case "upgrade": HTTPResponse(body: .upgrade(protocol: "probe") { _ in })
        default: .text("whole")
        }
    }

    @Test(arguments: [("whole", 0), ("stream", 1), ("events", 1), ("upgrade", 1)])
    func `a reply that is made while it is sent keeps its place`(kind: String, places: Int) throws {
        let sessions = SessionLimit(maximum: 5)
        let layer = SessionLimitMiddleware(sessions: sessions)
        var request = try HTTPRequest.test("/", host: "localhost")
        let refusal = try layer.begin(&request)
        #expect(refusal == nil)
        #expect(sessions.count == 1)
        do {
            var response = Self.reply(kind)
            layer.end(request, &response)
            withExtendedLifetime(response) { #expect(sessions.count == places) }
        }
        #expect(sessions.count == 0)
    }
}
