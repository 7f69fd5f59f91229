import GantryConfig
import GantryJSON
import Testing

@Suite struct ConfigFileTests {
    @Test func everythingHasADefault() throws {
        let sample = try decode("{}").value
        #expect(sample.address == "localhost" && sample.port == 5690 && sample.ratio == 0.5 && !sample.forced)
        #expect(sample.grace == .seconds(30) && sample.level == .info && sample.password == nil)
        #expect(sample.data == "/etc/gantry/data" && sample.certificate.isEmpty && sample.tags == ["x"])
        #expect(sample.store == "sqlite" && sample.procedures.isEmpty && sample.mail == nil && sample.extra == [:])
    }

    @Test func readsEveryKind() throws {
        let sample = try decode(
            """
            { "$schema": "config.schema.json", "ip_address": "${HOST}", "port": 0, "ratio": 1, "forced_ssl_usage": true,
              "grace_seconds": 1.5, "data_directory": "~/d", "certificate_path": "/abs/c.pem", "level": "debug",
              "password": "p", "tags": [], "store": { "engine": "other" },
              "procedures": { "up": { "operation": "echo ${x}", "error_codes": [1, 2] } },
              "mail": { "host": "h", "key": { "env": "KEY" } }, "extra": { "any": [null] } }
            """, environment: ["HOST": "::1", "HOME": "/people/u", "KEY": "k"]
        ).value
        #expect(sample.address == "::1" && sample.port == 0 && sample.ratio == 1 && sample.forced)
        #expect(sample.grace == .milliseconds(1500) && sample.data == "/people/u/d" && sample.level == .debug)
        #expect(sample.certificate == "/abs/c.pem" && sample.password == Secret("p") && sample.tags.isEmpty)
        #expect(sample.store == "other")
        #expect(sample.procedures == ["up": .init(operation: "echo ${x}", retries: 3, errorCodes: [1, 2])])
        #expect(sample.mail?.host == "h" && sample.mail?.key.reveal() == "k" && sample.extra == ["any": [nil]])
    }

    @Test func reportsAllProblemsAtOnce() throws {
        let text = """
            {
              "prot": 80,
              "ip_address": "",
              "ratio": "half",
              "grace_seconds": 0.5, "forced_ssl_usage": 1,
              "data_directory": "${NOWHERE}/data",
              "level": "inof",
              "password": {"file": "secret.txt"},
              "tags": ["ok", 5, "much too long"],
              "store": [],
              "procedures": {
                "a/b": { "retries": "five" },
                "c": { "operation": "x", "error_codes": [0, 256, null], "retires": 1 }
              },
              "mail": { "host": "two words", "key": {} },
              "zzz": null
            }
            """
        let error = try #require(throws: ConfigError.self) { try decode(text) }
        let expected = """
            /etc/gantry/config.json:2:3 /prot: unknown key, did you mean "port"?
            /etc/gantry/config.json:3:17 /ip_address: expected a text of 1…255 bytes, got ""
            /etc/gantry/config.json:4:12 /ratio: expected number 0…1, got "half"
            /etc/gantry/config.json:5:20 /grace_seconds: expected seconds 1…60, got 0.5
            /etc/gantry/config.json:5:45 /forced_ssl_usage: expected true or false, got 1
            /etc/gantry/config.json:6:21 /data_directory: environment variable NOWHERE is not set
            /etc/gantry/config.json:7:12 /level: expected one of "debug", "info", "warning", got "inof"; \
            did you mean "info"?
            /etc/gantry/config.json:8:24 /password/file: cannot read /etc/gantry/secret.txt: no such file
            /etc/gantry/config.json:9:18 /tags/1: expected a text of 1…8 bytes, got 5
            /etc/gantry/config.json:9:21 /tags/2: expected a text of 1…8 bytes, got "much too long"
            /etc/gantry/config.json:10:12 /store: expected an object, got a list
            /etc/gantry/config.json:12:12 /procedures/a~1b/operation: required, but missing
            /etc/gantry/config.json:12:25 /procedures/a~1b/retries: expected integer 0…20, got "five"
            /etc/gantry/config.json:13:46 /procedures/c/error_codes/0: expected integer 1…255, got 0
            /etc/gantry/config.json:13:49 /procedures/c/error_codes/1: expected integer 1…255, got 256
            /etc/gantry/config.json:13:54 /procedures/c/error_codes/2: expected integer 1…255, got null
            /etc/gantry/config.json:13:61 /procedures/c/retires: unknown key, did you mean "retries"?
            /etc/gantry/config.json:15:21 /mail/host: expected a host name, got "two words"
            /etc/gantry/config.json:15:41 /mail/key: expected a text, {"file": PATH} or {"env": NAME}
            /etc/gantry/config.json:16:3 /zzz: unknown key
            """
        #expect(error.description == expected)
        #expect(ConfigError.exitCode == 78)
    }

    static let single: [(String, String)] = [
        (#"{"port": 5.0}"#, "1:10 /port: expected integer 0…65535, got 5.0"),
        (#"{"port": 65536}"#, "1:10 /port: expected integer 0…65535, got 65536"),
        (#"{"port": 18446744073709551615}"#, "1:10 /port: expected integer 0…65535, got 18446744073709551615"),
        (#"{"port": {}}"#, "1:10 /port: expected integer 0…65535, got an object"),
        (#"{"ratio": 1.01}"#, "1:11 /ratio: expected number 0…1, got 1.01"),
        (#"{"level": []}"#, #"1:11 /level: expected one of "debug", "info", "warning", got a list"#),
        (#"{"tags": "x"}"#, #"1:10 /tags: expected a list of 0…3 elements, got "x""#),
        (#"{"tags": ["a","b","c","d"]}"#, "1:10 /tags: expected a list of 0…3 elements, got 4"),
        (#"{"procedures": []}"#, "1:16 /procedures: expected an object, got a list"),
        (#"{"mail": null}"#, "1:10 /mail: expected an object, got null"),
        (#"{"mail": {"host": "both", "key": "k"}}"#, #"1:19 /mail/host: excludes "key""#),
        (#"{"Port": 1}"#, #"1:2 /Port: unknown key, did you mean "port"?"#),
        (#"{"a\n/~ b": 1}"#, "1:2 /a?~1~0?b: unknown key"),
        (#"{"store": {"$schema": ""}}"#, "1:12 /store/$schema: unknown key"),
        ("[]", "1:1: expected an object, got a list"),
        (
            #"{"data_directory": "~bob/x"}"#,
            #"1:20 /data_directory: only "~" and "~/…" are expanded; write "./~…" for a file of that name"#
        ),
        (#"{"data_directory": "~"}"#, "1:20 /data_directory: environment variable HOME is not set"),
        (#"{"data_directory": "a\u0000"}"#, "1:20 /data_directory: a path must not contain a NUL"),
        (#"{"data_directory": 7}"#, "1:20 /data_directory: expected a path, got 7"),
        (
            #"{"ip_address": "${"}"#,
            #"1:16 /ip_address: "${" is not closed by "}"; write "$${" for the text itself"#
        ),
        (#"{"ip_address": "${1x}"}"#, #"1:16 /ip_address: "1x" is no name of an environment variable"#),
        (
            #"{"ip_address": 12345678901234567890123}"#,
            "1:16 /ip_address: expected a text of 1…255 bytes, got 1.2345678901234568e+22"
        ),
        (
            #"{"level": "\#(String(repeating: "é", count: 50))"}"#,
            #"1:11 /level: expected one of "debug", "info", "warning", got "\#(String(repeating: "é", count: 40))…""#
        ),
        ("{\n\"port\": 1,\n\"port\": 2}", "3:1: key \"port\" appears twice"),
        ("{\"port\": 1", "1:11: expected \",\" or \"}\", found the end of the text"),
        ("\u{FEFF}{}", "1:1: the text must not begin with a byte order mark"),
    ]

    @Test(arguments: single)
    func saysWhatIsWrong(text: String, problem: String) {
        do throws(ConfigError) {
            _ = try decode(text)
            Issue.record("accepted \(text)")
        } catch {
            #expect(error.problems.map(\.description) == ["/etc/gantry/config.json:\(problem)"])
        }
    }

    @Test func anUnreadableFileIsAProblemToo() throws {
        let error = try #require(throws: ConfigError.self) {
            try ConfigFile.load("/none.json", environment: [:]) { _ in throw MissingFile() }
        }
        #expect(error.description == "/none.json: no such file")
    }

    @Test func refusesHugeAndDeepFiles() throws {
        let huge = "{\"extra\": \"\(String(repeating: "x", count: ConfigFile.bytesMax))\"}"
        #expect(problems(huge).first?.hasPrefix("1:1: ") == true)
        let deep =
            String(repeating: "[", count: ConfigFile.depthMax) + String(repeating: "]", count: ConfigFile.depthMax)
        #expect(problems("{\"extra\":\(deep)}") == ["1:73: nested deeper than 64"])
    }

    @Test func declaringAKeyTwiceTraps() async {
        await #expect(processExitsWith: .failure) {
            _ = try load("{}").decode { section in
                _ = section.bool("x", default: true, help: "One.")
                return section.bool("x", default: true, help: "Two.")
            }
        }
    }

    @Test func knowsWhichKeysAreThere() throws {
        let keys = try load(#"{"b": 1, "a": 2}"#).decode { section in
            let found = (section.keys, section.has("a"), section.has("c"))
            for key in section.keys { _ = section.integer(key, default: 0, help: "Any.") }
            return found
        }
        #expect(keys.value == (["b", "a"], true, false))
    }

    @Test func relativePathsStartBesideTheFile() throws {
        for (file, directory) in [("/config.json", "/"), ("config.json", ""), ("a/b/c.json", "a/b")] {
            let loaded = try ConfigFile.load(file, environment: [:]) { _ in Array("{}".utf8) }
            #expect(loaded.directory == directory)
            let path = try loaded.decode { $0.path("p", default: "x", help: "Path.") }.value
            #expect(path == (directory.isEmpty ? "x" : directory == "/" ? "/x" : "\(directory)/x"))
        }
    }
}
