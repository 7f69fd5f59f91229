/// The options of the program itself, which every command accepts; the runner turns them into `CommandContext`.
package enum GlobalOptions {
    package static let json = Option.flag("json", "print results as JSON")
    package static let config = Option.value(
        "config", "configuration file", .path(.file), environment: "GANTRY_CONFIG")
    package static let server = Option.value(
        "server", "server to talk to", placeholder: "URL", environment: "GANTRY_SERVER")
    package static let noColor = Option.flag("no-color", "do not colour output (environment: NO_COLOR)")
    package static let quiet = Option.flag("quiet", short: "q", "print results only", conflicts: ["verbose"])
    package static let verbose = Option.flag("verbose", short: "v", "print details of what happens")

    /// All of them, in the order of the help page.
    package static let all = [json, config, server, noColor, quiet, verbose]
}
