import GantryPlugin
import GantryServer
import Glibc

/// The server as somebody builds it who adds a plugin: what the integration tests need and the product has no use for.
@main
struct Main {
    static func main() async {
        let program = GantryProgram(plugins: [PluginFactory(ProbePlugin.self)])
        exit(await program.run(Array(CommandLine.arguments.dropFirst())))
    }
}
