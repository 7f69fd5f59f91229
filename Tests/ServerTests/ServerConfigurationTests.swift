import Foundation
import GantryConfig
import GantryJSON
import GantryPluginHost
import GantryServer
import Testing

@Suite struct ServerConfigurationTests {
    let text = ConfigurationText()

    static let wrong: [(String, [String])] = [
        ("[]", [#"1:1: expected an object, got a list"#]),
        (#"{"port": 65536}"#, ["1:10 /port: expected integer 0…65535, got 65536"]),
        (#"{"port": "5690"}"#, [#"1:10 /port: expected integer 0…65535, got "5690""#]),
        (#"{"prot": 1}"#, [#"1:2 /prot: unknown key, did you mean "port"?"#]),
        (#"{"port": 1, "port": 2}"#, [#"1:13: key "port" appears twice"#]),
        (
            #"{"client_idle_timeout_seconds": 0}"#,
            ["1:33 /client_idle_timeout_seconds: expected integer 1…86400, got 0"]
        ),
        (#"{"loops": 65}"#, ["1:11 /loops: expected integer 1…64, got 65"]),
        (#"{"store": {"engine": "mysql"}}"#, [#"1:22 /store/engine: expected one of "sqlite", got "mysql""#]),
        (#"{"log": {"format": "xml"}}"#, [#"1:20 /log/format: expected one of "text", "json", got "xml""#]),
        (#"{"http": {"fields_max": 9}}"#, ["1:25 /http/fields_max: expected integer 10…10000, got 9"]),
        (
            #"{"forced_ssl_usage": true}"#,
            [
                "1:22 /forced_ssl_usage: Server certificate file is missing! Set certificate_path.",
                "1:22 /forced_ssl_usage: Server certificate key file is missing! Set certificate_key_path.",
            ]
        ),
        (#"{"certificate_path": "a.pem"}"#, ["1:22 /certificate_path: needs certificate_key_path too"]),
        (#"{"certificate_key_path": "a.pem"}"#, ["1:26 /certificate_key_path: needs certificate_path too"]),
        (
            #"{"client_certificates": "optional"}"#,
            ["1:25 /client_certificates: needs client_certificate_authority_path"]
        ),
        (
            #"{"own_certificate": true, "certificate_path": "a.pem"}"#,
            ["1:21 /own_certificate: there is certificate_path too: leave one of them out"]
        ),
        (
            #"{"own_certificate_names": ["a.example.org", "a b", "*.*"]}"#,
            [
                #"1:27 /own_certificate_names: "a b" is no host name or address"#,
                #"1:27 /own_certificate_names: "*.*" is no host name or address"#,
            ]
        ),
        (#"{"data_directory": "${NO_SUCH}"}"#, ["1:20 /data_directory: environment variable NO_SUCH is not set"]),
        (#"{"data_directory": ""}"#, ["1:20 /data_directory: must name a folder"]),
        (
            #"{"port": -1, "loops": 0, "shutdown": 1}"#,
            [
                "1:10 /port: expected integer 0…65535, got -1", "1:23 /loops: expected integer 1…64, got 0",
                "1:26 /shutdown: unknown key",
            ]
        ),
    ]

    @Test(arguments: wrong)
    func `a wrong key is told with its place`(json: String, problems: [String]) throws {
        #expect(try text.problems(json) == problems)
    }

    @Test func `an empty file means the defaults`() throws {
        let server = try text.load("{}").server
        #expect(server.listener.address == "localhost")
        #expect(server.listener.port == 5690)
        #expect(server.listener.idleSeconds == 30)
        #expect(server.listener.activeMax == 100)
        #expect(server.shutdownGraceSeconds == 30)
        #expect(server.dataDirectory == text.path("data"))
        #expect(!server.tls.mode.isForced && !server.tls.mode.isConfigured)
        #expect(server.store.freeMegabytesMin == 64)
        #expect(server.kontor.withoutEffect == [])
    }

    @Test func `an own certificate needs no file, nor do its clients`() throws {
        let tls = try text.load(
            #"{"own_certificate": true, "forced_ssl_usage": true, "client_certificates": "optional"}"#
        ).server.tls
        #expect(tls.mode.isOwn && tls.mode.isForced && !tls.mode.isConfigured)
        let plain = try text.load("{}").server
        var other = plain
        other.tls = tls
        #expect(other.keysNeedingRestart(comparedTo: plain).contains("own_certificate"))
        var named = plain
        named.tls.ownNames = ["a.example.org"]
        #expect(named.keysNeedingRestart(comparedTo: plain) == [])
    }

    @Test func `a kontor server's file is taken as it is`() throws {
        let kontor = """
            {
                "ip_address": "localhost",
                "port": 5690,
                "chunk_size_kilobytes": 128,
                "client_idle_timeout_seconds": 30,
                "max_storage_period_hours": 0,
                "max_parallel_connections": 100,
                "max_consequent_client_procedures": 1,
                "max_grace_shutdown_timeout_seconds": 300,
                "forced_ssl_usage": false,
                "certificate_path": "~/server.cert",
                "certificate_key_path": "~/server.key"
            }
            """
        let loaded = try text.load(kontor, environment: ["HOME": "/nobody"])
        #expect(loaded.server.tls.certificatePath == "/nobody/server.cert")
        #expect(loaded.server.shutdownGraceSeconds == 300)
        #expect(loaded.server.kontor.withoutEffect == ["chunk_size_kilobytes"])
    }

    @Test func `the package's own config.json is the defaults`() throws {
        let file = try String(contentsOfFile: ConfigurationText.packageRoot + "/config.json", encoding: .utf8)
        #expect(try text.load(file).server == text.load("{}").server)
    }

    @Test func `the schema has every key of the file in force`() throws {
        let loaded = try text.load("{}")
        let schema = LoadedConfiguration.schema(registry: try PluginRegistry([], reserved: []))
        let described = try keys(in: #require(schema["properties"]?.object))
        // A secret that is not there has no value in force.
        let absent: Set = ["$schema", "identity/first_administrator_password"]
        #expect(described == keys(of: loaded.effective).union(absent))
        #expect(described.isSuperset(of: ["port", "store/engine", "log/level", "http/gzip", "loops"]))
        #expect(LoadedConfiguration.reservedKeys.isSuperset(of: ["port", "store", "log", "http"]))
    }

    private func keys(in properties: JSONObject, below prefix: String = "") -> Set<String> {
        properties.reduce(into: []) { found, member in
            if let inner = member.value.object?["properties"]?.object {
                found.formUnion(keys(in: inner, below: prefix + member.key + "/"))
            } else {
                found.insert(prefix + member.key)
            }
        }
    }

    private func keys(of object: JSONObject, below prefix: String = "") -> Set<String> {
        object.reduce(into: []) { found, member in
            if let inner = member.value.object {
                found.formUnion(keys(of: inner, below: prefix + member.key + "/"))
            } else {
                found.insert(prefix + member.key)
            }
        }
    }

    static let changes: [(String, [String])] = [
        (#"{}"#, []),
        (#"{"max_grace_shutdown_timeout_seconds": 5}"#, []),
        (#"{"log": {"level": "debug"}}"#, []),
        (#"{"chunk_size_kilobytes": 1}"#, []),
        (#"{"ip_address": "::1"}"#, ["ip_address"]),
        (#"{"port": 1}"#, ["port"]),
        (#"{"unix_socket": "s"}"#, ["unix_socket"]),
        (#"{"client_idle_timeout_seconds": 1}"#, ["client_idle_timeout_seconds"]),
        (#"{"connections_max": 1}"#, ["connections_max"]),
        (#"{"max_parallel_connections": 1}"#, ["max_parallel_connections"]),
        (#"{"data_directory": "d", "loops": 2}"#, ["data_directory", "loops"]),
        (#"{"store": {"readers": 3}}"#, ["store"]),
        (#"{"http": {"gzip": false}}"#, ["http"]),
        (#"{"log": {"format": "json"}}"#, ["log"]),
        (#"{"log": {"file": "f"}}"#, ["log"]),
        (#"{"certificate_path": "c", "certificate_key_path": "k"}"#, ["certificate_path"]),
        (
            #"{"certificate_path": "c", "certificate_key_path": "k", "forced_ssl_usage": true}"#,
            ["forced_ssl_usage", "certificate_path"]
        ),
        (
            #"{"client_certificates": "optional", "client_certificate_authority_path": "a"}"#, ["client_certificates"]
        ),
    ]

    @Test(arguments: changes)
    func `keys that need a restart are named`(json: String, keys: [String]) throws {
        let old = try text.load("{}").server
        #expect(try text.load(json).server.keysNeedingRestart(comparedTo: old) == keys)
    }

    @Test func `the command line's values replace those of the file`() throws {
        _ = try text.load(#"{"port": 1}"#)
        var overrides = LoadedConfiguration.Overrides()
        overrides.address = "::"
        overrides.port = 2
        overrides.dataDirectory = "/elsewhere"
        let loaded = try LoadedConfiguration.load(
            text.path("config.json"), registry: try PluginRegistry([], reserved: []), environment: [:],
            overrides: overrides)
        #expect(loaded.server.listener.address == "::")
        #expect(loaded.server.listener.port == 2)
        #expect(loaded.server.dataDirectory == "/elsewhere")
    }

    @Test func `a missing file is one problem`() throws {
        let error = try #require(throws: ConfigError.self) {
            try LoadedConfiguration.load(
                text.path("none.json"), registry: try PluginRegistry([], reserved: []), environment: [:])
        }
        #expect(error.description == "\(text.path("none.json")): No such file or directory")
    }
}
