import GantryHTTP
import GantryPlugin
import GantryPluginHost
import Testing

@Suite struct ContributionClashesTests {
    private func entry(_ name: String, routes: [Route] = [], doors: [Door] = []) -> ContributionIndex.Entry {
        ContributionIndex.Entry(
            PluginManifest(name: name, summary: "", version: "1"), Contributions(routes: routes, doors: doors))
    }

    private func route(_ method: HTTPMethod, _ pattern: String) -> Route {
        Route(method, pattern, access: .anonymous) { _ in .text("") }
    }

    private func door(_ name: String, _ signatures: String...) -> Door {
        Door(name: name, signatures: signatures.map { Array($0.utf8) }) { _ in }
    }

    private func problems(_ entries: ContributionIndex.Entry...) -> [String] {
        ContributionClashes.find(in: Array(entries.dropFirst()), core: entries[0]).map(\.description)
    }

    @Test func `different contributions live together`() {
        let found = problems(
            entry("server", routes: [route(.get, "/healthz")]),
            entry("a", routes: [route(.get, "/a/{id}"), route(.post, "/a/{id}")], doors: [door("one", "<ONE>")]),
            entry("b", routes: [route(.get, "/b")], doors: [door("two", "<TWO>")]))
        #expect(found == [])
    }

    @Test func `the same route under another parameter name is the same route`() {
        let found = problems(
            entry("server"), entry("a", routes: [route(.get, "/a/{id}")]),
            entry("b", routes: [route(.get, "/a/{name}")]))
        #expect(found == ["plugin \"b\": the route GET /a/{} belongs to \"a\" already"])
    }

    @Test func `no plugin takes a route of the server`() {
        let found = problems(
            entry("server", routes: [route(.get, "/healthz")]), entry("a", routes: [route(.get, "/healthz")]))
        #expect(found == ["plugin \"a\": the route GET /healthz belongs to \"server\" already"])
    }

    @Test func `door names and first bytes belong to one plugin`() {
        let found = problems(
            entry("server"), entry("a", doors: [door("kontor", "<T")]), entry("b", doors: [door("kontor", "<TRANS")]))
        #expect(
            found == [
                "plugin \"b\": the door \"kontor\" belongs to \"a\" already",
                "plugin \"b\": the first bytes of the door \"kontor\" are those of \"kontor\" of \"a\"",
            ])
    }

    @Test(arguments: [
        ([[UInt8]](), "it has no signature"), ([[]], "one of its signatures is empty"),
        ([[0x16, 3]], "its first byte is that of TLS"),
        ([Array("GET".utf8)], "its first byte is that of an HTTP method"),
        ([[UInt8](repeating: 60, count: 65)], "one of its signatures is longer than 64 bytes"),
    ])
    func `a door that could never be found is refused`(signatures: [[UInt8]], fault: String) {
        let found = problems(entry("server"), entry("a", doors: [Door(name: "d", signatures: signatures) { _ in }]))
        #expect(found == ["plugin \"a\": the door \"d\" cannot be used: \(fault)"])
    }
}
