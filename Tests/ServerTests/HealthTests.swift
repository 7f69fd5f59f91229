import Testing

@testable import GantryServer

@Suite struct HealthTests {
    let health = Health()

    @Test func `it starts, serves and drains`() {
        #expect(health.current == .starting)
        health.beginServing()
        #expect(health.current == .ready)
        health.beginDraining()
        #expect(health.current == .draining)
        health.beginServing()
        #expect(health.current == .draining)
    }

    @Test func `a failed part impairs until it works again`() {
        health.beginServing()
        #expect(health.report(.dataFolder, "the disk is full"))
        #expect(!health.report(.dataFolder, "the disk is full"))
        #expect(health.report(.database, "it is damaged"))
        #expect(health.current == .impaired("the disk is full; it is damaged"))
        #expect(health.report(.dataFolder, nil))
        #expect(!health.report(.dataFolder, nil))
        #expect(health.current == .impaired("it is damaged"))
        #expect(health.report(.database, nil))
        #expect(health.current == .ready)
    }

    @Test func `a stop is told before what is broken`() {
        _ = health.report(.database, "it is damaged")
        #expect(health.current == .starting)
        health.beginDraining()
        #expect(health.current == .draining)
    }

    @Test(
        arguments: [
            (Health.State.starting, "starting", "the plugins are being started"), (.ready, "ready", nil),
            (.draining, "draining", "the server is stopping"), (.impaired("x"), "impaired", "x"),
        ] as [(Health.State, String, String?)])
    func `a state has a name and a reason`(state: Health.State, text: String, reason: String?) {
        #expect(state.text == text)
        #expect(state.reason == reason)
    }
}
