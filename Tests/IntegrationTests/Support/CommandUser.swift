import Foundation
import GantryJSON
import Testing

/// Somebody with a home folder of their own who types commands.
struct CommandUser: Sendable {
    static let password = "a long enough passphrase"
    /// A server whose first administrator is alice, and which checks passwords quickly.
    static let configuration: JSONObject = [
        "identity": [
            "first_administrator": "alice", "first_administrator_password": ["env": "ALICE"],
            "password_iterations": 1024, "password_parallelism": 1,
        ]
    ]

    let home = TemporaryFolder()
    let server: String

    /// Runs the body as alice beside such a server.
    static func run(_ body: @Sendable @escaping (CommandUser, ServerUnderTest) async throws -> Void) async throws {
        try await ServerUnderTest.run(configuration, { $0.environment["ALICE"] = password }) { server in
            try await body(CommandUser(server: try server.url), server)
        }
    }

    var config: String { home.path(".config/gantry") }

    /// Runs one command; `input` is its standard input.
    func gantry(
        _ words: String..., input: String? = nil, environment: [String: String] = [:]
    ) async throws -> Ending {
        var all = ["HOME": home.path, "USER": "alice", "GANTRY_SERVER": server, "INPUT": input ?? ""]
        all.merge(environment) { $1 }
        let command = [Child.gantry] + words
        let piped = ["sh", "-c", #"printf %s "$INPUT" | "$0" "$@""#] + command
        return try await Ending.of(input == nil ? command : piped, environment: all, folder: home.path)
    }

    /// Signs in with the password.
    @discardableResult
    func login(_ words: String..., environment: [String: String] = [:]) async throws -> Ending {
        let ending = try await Ending.of(
            ["sh", "-c", #"printf '%s\n' "$INPUT" | "$0" "$@""#, Child.gantry, "login", "--password-stdin"] + words,
            environment: ["HOME": home.path, "USER": "alice", "GANTRY_SERVER": server, "INPUT": Self.password]
                .merging(environment) { $1 }, folder: home.path)
        #expect(ending.status == 0, "\(ending.errors)")
        return ending
    }

    /// What is remembered of the server.
    var profile: JSONObject {
        get throws {
            let document = try JSONValue.parse(try home.read(".config/gantry/servers.json"))
            return try #require(document["servers"]?[server]?.object)
        }
    }

    /// Changes what is remembered of the server.
    func remember(_ member: String, _ value: String) throws {
        var profile = try profile
        profile[member] = .string(value)
        let document: JSONValue = ["servers": .object([server: .object(profile)])]
        try home.write(".config/gantry/servers.json", document.text())
    }

    /// The active keys as the server has them.
    func keys(environment: [String: String] = [:]) async throws -> [JSONValue] {
        let ending = try await gantry("key", "ls", "--json", environment: environment)
        return try #require(try JSONValue.parse(ending.output)["keys"]?.array)
    }
}
