import GantryServer
import Glibc

@main
struct Main {
    static func main() async {
        let program = GantryProgram(plugins: builtinPlugins)
        exit(await program.run(Array(CommandLine.arguments.dropFirst())))
    }
}
