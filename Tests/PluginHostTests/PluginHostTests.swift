import GantryLog
import GantryPlugin
import GantryPluginHost
import Testing

@Suite(.timeLimit(.minutes(1))) struct PluginHostTests {
    let journal = Journal()
    let core = ContributionIndex.Entry(PluginManifest(name: "server", summary: "", version: "1"), Contributions())

    private func graph(_ plugins: [DecodedPlugin]) throws -> PluginGraph {
        try PluginGraph.make(plugins, core: core) { _ in
            PluginServices(logger: .disabled, folder: "", now: { 0 })
        }
    }

    private func host(_ limit: Duration = .seconds(20)) -> PluginHost {
        PluginHost(logger: .disabled, limits: .init(start: limit, stop: limit))
    }

    private func recording(
        _ name: String, requires: [String] = [], _ change: (inout Behaviour) -> Void = { _ in }
    ) -> DecodedPlugin {
        var behaviour = Behaviour()
        change(&behaviour)
        return .recording(name, requires: requires, behaviour, journal: journal)
    }

    @Test func `a whole life goes in order and back`() async throws {
        let host = host()
        try await host.start(graph([recording("b", requires: ["a"]), recording("a")]))
        await host.stop()
        #expect(journal.all == ["init a", "init b", "start a", "start b", "stop b", "stop a"])
    }

    @Test func `a failed start stops what was started, in reverse`() async throws {
        let host = host()
        let graph = try graph([recording("a"), recording("b"), recording("c") { $0.failsStart = true }, recording("d")])
        let error = await #expect(throws: PluginHostError.self) { try await host.start(graph) }
        #expect(error?.description == "plugin \"c\": the relay does not answer")
        #expect(journal.all.suffix(6) == ["start a", "start b", "start c", "stop c", "stop b", "stop a"])
        #expect(await host.index.entries.isEmpty)
    }

    @Test func `a plugin that hangs in start costs its time limit`() async throws {
        let host = host(.milliseconds(20))
        let graph = try graph([recording("a"), recording("slow") { $0.hangsInStart = true }])
        let error = await #expect(throws: PluginHostError.self) { try await host.start(graph) }
        #expect(error?.description == "plugin \"slow\": did not start within 0.02 seconds")
        #expect(journal.all.suffix(2) == ["stop slow", "stop a"])
    }

    @Test func `a plugin that hangs in stop does not keep the others`() async throws {
        let host = host(.milliseconds(20))
        try await host.start(graph([recording("a"), recording("slow") { $0.hangsInStop = true }]))
        let problems = await host.stop()
        #expect(problems.map(\.description) == ["plugin \"slow\": did not stop within 0.02 seconds"])
        #expect(journal.all.suffix(2) == ["stop slow", "stop a"])
    }

    @Test func `every failed init is told and nothing is started`() throws {
        let error = #expect(throws: PluginHostError.self) {
            try graph([recording("a") { $0.failsInit = true }, recording("b"), recording("c") { $0.failsInit = true }])
        }
        #expect(
            error?.description == """
                plugin "a": the relay's name is empty
                plugin "c": the relay's name is empty
                """)
        #expect(!journal.all.contains { $0.hasPrefix("start") })
    }

    @Test func `a reload starts the new plugins before it stops the old ones`() async throws {
        let host = host()
        try await host.start(graph([recording("old")]))
        let journal = journal
        try await host.replace(with: graph([recording("new")]), drain: .seconds(5)) { index in
            journal.add("swap to \(index.entries.map(\.plugin.name))")
        }
        #expect(
            journal.all == [
                "init old", "start old", "init new", "start new", "swap to [\"new\"]", "drain old", "stop old",
            ])
    }

    @Test func `a reload that fails keeps the old plugins`() async throws {
        let host = host()
        try await host.start(graph([recording("old")]))
        let broken = try graph([recording("new") { $0.failsStart = true }])
        await #expect(throws: PluginHostError.self) {
            try await host.replace(with: broken, drain: .seconds(5)) { _ in Issue.record("swapped to a broken graph") }
        }
        #expect(await host.index.entries.map(\.plugin.name) == ["old"])
        #expect(!journal.all.contains("stop old"))
    }

    @Test func `draining waits for nobody longer than it has`() async throws {
        let host = host()
        try await host.start(graph([recording("busy") { $0.hangsInDrain = true }, recording("quick")]))
        await host.drain(for: .milliseconds(20))
        #expect(Set(journal.all.suffix(2)) == ["drain busy", "drain quick"])
    }

    @Test func `stopping twice stops once`() async throws {
        let host = host()
        try await host.start(graph([recording("a")]))
        await host.stop()
        await host.stop()
        #expect(journal.all.filter { $0 == "stop a" }.count == 1)
    }

    @Test func `a plugin that a reload starts after the stop is stopped by the reload`() async throws {
        let host = host()
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let slow = try graph([recording("slow") { $0.startGate = gate }])
        let reload = Task {
            try await host.replace(with: slow, drain: .seconds(5)) { _ in Issue.record("swapped") }
        }
        while !journal.all.contains("start slow") { await Task.yield() }
        await host.stop()
        opener.yield()
        await #expect(throws: PluginHostError.self) { try await reload.value }
        #expect(journal.all.suffix(1) == ["stop slow"])
        let error = try #require(await #expect(throws: PluginHostError.self) { try await host.start(.empty) })
        #expect(error.description == "the plugins are being stopped")
    }

    @Test func `a second change is refused while one is under way`() async throws {
        let host = host(.milliseconds(200))
        let slow = try graph([recording("slow") { $0.hangsInStart = true }])
        let first = Task { try await host.start(slow) }
        while !journal.all.contains("start slow") { await Task.yield() }
        let error = try #require(await #expect(throws: PluginHostError.self) { try await host.start(.empty) })
        #expect(error.description == "the plugins are being changed already: try again when that has ended")
        await #expect(throws: PluginHostError.self) { try await first.value }
    }
}
