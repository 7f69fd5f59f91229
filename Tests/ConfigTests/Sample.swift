import GantryConfig
import GantryJSON

/// A configuration with every kind of key.
struct Sample: PluginConfiguration, Equatable {
    enum Level: String, CaseIterable {
        case debug, info, warning
    }

    struct Procedure: Equatable {
        var operation: String
        var retries: Int
        var errorCodes: [Int]
    }

    var address: String
    var port: Int
    var ratio: Double
    var forced: Bool
    var grace: Duration
    var data: String
    var certificate: String
    var level: Level
    var password: Secret?
    var tags: [String]
    var store: String
    var procedures: [String: Procedure]
    var mail: Mail?
    var extra: JSONValue

    init(section: inout ConfigSection) {
        address = section.string("ip_address", default: "localhost", in: 1...255, help: "Address to listen on.")
        port = section.integer("port", default: 5690, in: 0...65535, help: "Port to listen on; 0 takes a free one.")
        ratio = section.number("ratio", default: 0.5, in: 0...1, help: "Share of the memory.")
        forced = section.bool("forced_ssl_usage", default: false, help: "Serve TLS only.")
        grace = section.duration(
            "grace_seconds", default: .seconds(30), in: .seconds(1) ... .seconds(60), help: "Time.")
        data = section.path("data_directory", default: "data", help: "Where everything is kept.")
        certificate = section.path("certificate_path", default: "", help: "Certificate chain.")
        level = section.choice("level", default: Level.info, help: "What is logged.")
        password = section.secret("password", help: "Password of the store.")
        tags = section.list("tags", of: .string(in: 1...8), default: ["x"], in: 0...3, help: "Labels.")
        store = section.section("store", help: "The database.") { store in
            store.string("engine", default: "sqlite", help: "Kind of database.")
        }
        let procedures = section.map("procedures", of: .section(Self.procedure), help: "Procedures by name.")
        self.procedures = Dictionary(procedures.map { ($0.key, $0.value) }) { first, _ in first }
        mail = section.configuration("mail", Mail.self, help: "Mail.")
        extra = section.raw("extra", default: [:], help: "For others.")
    }

    private static func procedure(_ section: inout ConfigSection) -> Procedure {
        Procedure(
            operation: section.required("operation", .verbatim(in: 1...100), help: "The command."),
            retries: section.integer("retries", default: 3, in: 0...20, help: "Attempts after the first."),
            errorCodes: section.list("error_codes", of: .integer(in: 1...255), help: "Exit codes that fail."))
    }
}

struct Mail: PluginConfiguration, Equatable {
    var host: String
    var key: Secret

    init(section: inout ConfigSection) {
        host = section.required(
            "host", .string().checked("a host name") { !$0.isEmpty && !$0.contains(" ") }, help: "Mail server.")
        key = section.required("key", .secret, help: "Key of the mail server.")
        if host == "both" { section.reportProblem("host", "excludes \"key\"") }
    }
}

struct MissingFile: Error, CustomStringConvertible {
    var description: String { "no such file" }
}

/// Loads a text as `/etc/gantry/config.json`, with other files beside it.
func load(
    _ text: String, files: [String: [UInt8]] = [:], environment: [String: String] = [:]
) throws(ConfigError) -> ConfigFile {
    let path = "/etc/gantry/config.json"
    return try ConfigFile.load(path, environment: environment) { name in
        if name == path { return Array(text.utf8) }
        guard let file = files[name] else { throw MissingFile() }
        return file
    }
}

func decode(
    _ text: String, files: [String: [UInt8]] = [:], environment: [String: String] = [:]
) throws(ConfigError) -> ConfigDecoding<Sample> {
    try load(text, files: files, environment: environment).decode { Sample(section: &$0) }
}

/// The lines of the error without the file's name; empty when there is none.
func problems(
    _ text: String, files: [String: [UInt8]] = [:], environment: [String: String] = [:]
) -> [String] {
    do throws(ConfigError) {
        _ = try decode(text, files: files, environment: environment)
        return []
    } catch {
        return error.problems.map { String($0.description.dropFirst("/etc/gantry/config.json:".count)) }
    }
}
