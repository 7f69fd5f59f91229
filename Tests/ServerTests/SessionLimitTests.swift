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
}
