import GantryClient
import GantryCommandLine
import GantryCrypto
package import GantryPlugin
import GantryPluginHost

/// The whole program: the commands of the server and of its plugins.
package struct GantryProgram: Sendable {
    private let plugins: [PluginFactory]

    package init(plugins: [PluginFactory]) { self.plugins = plugins }

    /// Runs the words after the program's name; gives the exit status.
    package func run(_ words: [String]) async -> Int32 {
        OpenSSLLibrary.keepUntilEnd()
        let environment = CommandLineProgram.processEnvironment()
        let registry: PluginRegistry
        do {
            registry = try PluginRegistry(plugins, reserved: LoadedConfiguration.reservedKeys)
        } catch {
            return fail(error.problems.map(\.description), environment)
        }
        let program = Self.program(registry)
        let faults = program.declarationProblems
        guard faults.isEmpty else { return fail(faults, environment) }
        return await program.run(words, program.processContext(environment: environment)).rawValue
    }

    /// The tree of all commands.
    static func program(_ registry: PluginRegistry) -> CommandLineProgram {
        let own = [
            ServeCommand.command(registry), StatusCommand.command, ConfigCommand.command(registry),
            LoginCommand.command, LogoutCommand.command, WhoamiCommand.command, UserCommand.command,
            RoleCommand.command, KeyCommand.command, TokenCommand.command, SessionCommand.command,
            CertificateCommand.command, AuditCommand.command,
            VersionCommand.command(GantryVersion.current),
        ]
        return CommandLineProgram(
            name: "gantry", summary: "run an organisation's jobs", version: "gantry \(GantryVersion.current)",
            examples: [
                CommandExample("gantry serve", "run the server on config.json"),
                CommandExample("gantry status", "ask it whether it takes work"),
            ], commands: own + registry.factories.flatMap(\.subcommands))
    }

    /// Faults of the program itself: plugins that do not fit together.
    private func fail(_ faults: [String], _ environment: [String: String]) -> Int32 {
        let context = CommandLineProgram(name: "gantry", summary: "", version: "", commands: [])
            .processContext(environment: environment)
        for fault in faults { context.report(CommandError(fault)) }
        return ExitCode.internalFault.rawValue
    }
}
