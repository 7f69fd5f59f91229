import GantryBytes
import GantryClient
import GantryCommandLine
import GantryConfig
import GantryEventLoop
import GantryLog
import GantryPluginHost

/// `gantry serve`.
enum ServeCommand {
    static func command(_ registry: PluginRegistry) -> Command {
        Command(
            "serve", "run the server",
            discussion: """
                Reads config.json of the current folder unless --config names another file; without any file every key \
                has its default.

                SIGTERM and SIGINT stop the server: running work may end within max_grace_shutdown_timeout_seconds; a \
                second signal ends it at once. SIGHUP reads the configuration again and applies it as a whole or not \
                at all. SIGUSR1 opens the log file again.

                The first start makes an administrator and tells a one-time password on standard error, unless \
                identity.first_administrator_password or GANTRY_ADMIN_PASSWORD gives one.
                """,
            options: [
                .value("address", "listen on this address instead of ip_address", placeholder: "ADDRESS"),
                .value("port", "listen on this port instead of port; 0 lets the system choose", .integer(0...65_535)),
                .value("data-directory", "keep everything in this folder instead of data_directory", .path(.folder)),
                .value("ready-file", "write the server's URL into this file when it is ready", .path(.file)),
                .flag("reset-administrator", "give the administrator a new one-time password, and tell it"),
            ],
            examples: [
                CommandExample("gantry serve --config /etc/gantry/config.json"),
                CommandExample("gantry serve --port 0 --ready-file ready", "for scripts: any free port"),
            ]
        ) { arguments, context in
            var overrides = LoadedConfiguration.Overrides()
            overrides.address = arguments.text("address")
            overrides.port = arguments.integer("port")
            overrides.dataDirectory = arguments.text("data-directory")
            let configuration: LoadedConfiguration
            do throws(ConfigError) {
                configuration = try LoadedConfiguration.load(
                    arguments.text("config"), registry: registry, environment: context.environment, overrides: overrides
                )
            } catch {
                throw CommandError(configuration: error)
            }
            let run = ServeRun(
                configuration: configuration, registry: registry, environment: context.environment,
                readyFile: arguments.text("ready-file"), resetsAdministrator: arguments.flag("reset-administrator"),
                tell: { context.tell($0) })
            return try await run.run()
        }
    }
}
