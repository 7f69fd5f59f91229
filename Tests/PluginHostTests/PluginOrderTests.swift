import GantryPlugin
import GantryPluginHost
import Testing

@Suite struct PluginOrderTests {
    private func manifest(_ name: String, _ requires: String...) -> PluginManifest {
        PluginManifest(name: name, summary: "", version: "1", requires: requires)
    }

    @Test func `what is required comes first, the rest stays as listed`() throws {
        let order = try PluginOrder.sorted([
            manifest("web", "mail", "store"), manifest("mail", "store"), manifest("alone"), manifest("store"),
        ])
        #expect(order == ["store", "mail", "web", "alone"])
    }

    @Test func `every missing requirement is named`() {
        let error = #expect(throws: PluginHostError.self) {
            try PluginOrder.sorted([manifest("web", "mail"), manifest("print", "fonts", "paper")])
        }
        #expect(
            error?.description == """
                plugin "web": requires the plugin "mail", which is not enabled: add a section "mail"
                plugin "print": requires the plugin "fonts", which is not enabled: add a section "fonts"
                plugin "print": requires the plugin "paper", which is not enabled: add a section "paper"
                """)
    }

    @Test func `a ring is shown`() {
        let error = #expect(throws: PluginHostError.self) {
            try PluginOrder.sorted([manifest("a", "b"), manifest("b", "c"), manifest("c", "a")])
        }
        #expect(error?.description == "plugin \"a\": requires itself in a ring: a → b → c → a")
    }

    @Test func `random graphs without rings come out in a legal order`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let count = Int.random(in: 1...12, using: &random)
            let manifests = (0..<count).map { index in
                let requires = (0..<index).filter { _ in Bool.random(using: &random) }.map { "p\($0)" }
                return PluginManifest(name: "p\(index)", summary: "", version: "1", requires: requires)
            }.shuffled(using: &random)
            let order = try PluginOrder.sorted(manifests)
            #expect(Set(order).count == count)
            for manifest in manifests {
                let place = try #require(order.firstIndex(of: manifest.name))
                #expect(manifest.requires.allSatisfy { order[..<place].contains($0) })
            }
        }
    }
}
