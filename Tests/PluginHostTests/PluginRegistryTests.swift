import GantryPlugin
import GantryPluginHost
import Testing

@Suite struct PluginRegistryTests {
    @Test(arguments: [
        "", "Mail", "1mail", "mail-", "-mail", "ma il", "mäil", "ma/il", String(repeating: "a", count: 41),
    ])
    func `a bad name is refused`(name: String) {
        #expect(!PluginManifest(name: name, summary: "", version: "1").hasValidName)
    }

    @Test(arguments: ["mail", "m", "mail-2", String(repeating: "a", count: 40)])
    func `a good name is taken`(name: String) {
        #expect(PluginManifest(name: name, summary: "", version: "1").hasValidName)
    }

    @Test func `a name stands once, and not for a key of the server`() {
        let plugin = PluginFactory(RecordingPlugin.self)
        let error = #expect(throws: PluginHostError.self) {
            try PluginRegistry([plugin, plugin], reserved: ["recording"])
        }
        #expect(
            error?.description == """
                plugin "recording": the server itself has a key of this name
                plugin "recording": the server itself has a key of this name
                plugin "recording": is registered twice
                """)
    }
}
