import GantryCommandLine
import GantryConfig
import GantryJSON
import GantryPluginHost

/// `gantry config check|show|schema`.
enum ConfigCommand {
    static func command(_ registry: PluginRegistry) -> Command {
        Command(
            "config", "check, show and describe the configuration",
            subcommands: [check(registry), show(registry), schema(registry)])
    }

    private static func check(_ registry: PluginRegistry) -> Command {
        Command(
            "check", "read the configuration and report every problem",
            discussion: "Nothing is started. The exit status is 78 when there are problems.",
            examples: [CommandExample("gantry config check --config config.json")]
        ) { arguments, context in
            let path = arguments.text("config")
            switch result(path, registry, context) {
            case .success(let loaded):
                let name = loaded.path ?? "the defaults"
                if context.isJSON {
                    context.write(json: ["file": loaded.path.map { .string($0) } ?? .null, "problems": []])
                } else {
                    context.writeLine("\(name): no problems")
                }
                return .ok
            case .failure(let error):
                if context.isJSON {
                    context.write(json: ["file": path.map { .string($0) } ?? .null, "problems": json(error)])
                } else {
                    error.problems.forEach { context.writeLine($0.description) }
                }
                return .configuration
            }
        }
    }

    private static func show(_ registry: PluginRegistry) -> Command {
        Command(
            "show", "print the values in force, defaults filled in and secrets hidden",
            examples: [CommandExample("gantry config show")]
        ) { arguments, context in
            switch result(arguments.text("config"), registry, context) {
            case .success(let loaded):
                context.writeLine(JSONValue.object(loaded.effective).text(.pretty))
                return .ok
            case .failure(let error):
                throw CommandError(configuration: error)
            }
        }
    }

    private static func schema(_ registry: PluginRegistry) -> Command {
        Command(
            "schema", "print the JSON Schema of the configuration",
            discussion: "Editors complete and check the file with it when the file names it as `$schema`.",
            examples: [CommandExample("gantry config schema > config.schema.json")]
        ) { _, context in
            context.writeLine(JSONValue.object(LoadedConfiguration.schema(registry: registry)).text(.pretty))
            return .ok
        }
    }

    private static func result(
        _ path: String?, _ registry: PluginRegistry, _ context: CommandContext
    ) -> Result<LoadedConfiguration, ConfigError> {
        do throws(ConfigError) {
            return .success(try LoadedConfiguration.load(path, registry: registry, environment: context.environment))
        } catch {
            return .failure(error)
        }
    }

    private static func json(_ error: ConfigError) -> JSONValue {
        .array(
            error.problems.map { problem in
                var object: JSONObject = ["pointer": .string(problem.pointer), "message": .string(problem.message)]
                if let position = problem.position {
                    object["line"] = .integer(Int64(position.line))
                    object["column"] = .integer(Int64(position.column))
                }
                return .object(object)
            })
    }
}

extension CommandError {
    /// All problems of a configuration file, one line each when there are several.
    init(configuration error: ConfigError) {
        let wrapped = StartError(wrapping: error)
        self.init(
            wrapped.message, details: wrapped.details,
            hint: "`gantry config check` reports the problems without starting anything",
            exitCode: .configuration)
    }
}
