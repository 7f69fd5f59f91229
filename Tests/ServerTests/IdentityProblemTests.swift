import GantryHTTP
import GantryIdentity
import GantryPlugin
import Testing

@Suite struct IdentityProblemTests {
    @Test func `what is wrong with the store is told to no client`() {
        let problem = Problem(IdentityError(.unavailable, "the store does not answer: /var/lib/gantry/gantry.db"))
        #expect(problem.status == .serviceUnavailable)
        #expect(problem.detail == "the server cannot look after users now")
        #expect(problem.headers["Retry-After"] == "1")
    }

    @Test func `other errors are told as they are`() {
        let problem = Problem(IdentityError(.tooMany, "wait", retryAfter: .milliseconds(1500)))
        #expect(problem.status == .tooManyRequests && problem.detail == "wait")
        #expect(problem.headers["Retry-After"] == "2")
    }
}
