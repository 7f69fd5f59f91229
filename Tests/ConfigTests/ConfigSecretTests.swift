import GantryConfig
import GantryJSON
import Testing

@Suite struct ConfigSecretTests {
    /// A secret that no source file knows.
    let text = "s-\(UInt64.random(in: 0 ... .max))"

    @Test func neverShowsItself() {
        let secret = Secret(text)
        var dumped = ""
        dump([secret], to: &dumped)
        let shown = "\(secret) \(String(reflecting: secret)) \(dumped) \(Optional(secret) as Any) \([["k": secret]])"
        #expect(!shown.contains(text))
        #expect("\(secret)" == "<redacted>")
        #expect(secret.reveal() == text && !secret.isEmpty && Secret("").isEmpty)
        #expect(secret == Secret(text) && secret != Secret(text + "x"))
    }

    @Test func comesFromTextFileOrEnvironment() throws {
        let files = [
            "/etc/gantry/plain": Array(text.utf8), "/etc/gantry/line": Array("\(text)\r\n".utf8),
            "/run/two": Array("\(text)\n\n".utf8),
        ]
        let environment = ["TOKEN": text, "RUN": "/run"]
        for (written, meant) in [
            ("\"\(text)\"", text), (#""${TOKEN}""#, "${TOKEN}"), (#"{"env": "TOKEN"}"#, text),
            (#"{"file": "plain"}"#, text), (#"{"file": "line"}"#, text), (#"{"file": "${RUN}/two"}"#, text + "\n"),
        ] {
            let decoding = try decode("{\"password\": \(written)}", files: files, environment: environment)
            #expect(decoding.value.password?.reveal() == meant)
            #expect(decoding.secrets == [Secret(meant)])
            #expect(decoding.effective["password"] == "<redacted>")
        }
    }

    @Test func saysWhatIsWrongWithoutShowingIt() {
        let files: [String: [UInt8]] = [
            "/etc/gantry/empty": [10], "/etc/gantry/binary": [0xFF],
            "/etc/gantry/large": .init(repeating: 65, count: 65537),
        ]
        let form = #"1:14 /password: expected a text, {"file": PATH} or {"env": NAME}"#
        for (written, problem) in [
            ("12345", form), ("null", form), ("{}", form), (#"{"file": "a", "env": "B"}"#, form),
            (#"{"fiel": "a"}"#, form),
            (#"{"env": 1}"#, form), (#"["\#(text)"]"#, form),
            (#"{"env": "NO"}"#, "1:22 /password/env: environment variable NO is not set"),
            (#"{"env": "E"}"#, "1:22 /password/env: the secret is empty"),
            (#"{"env": "A=B"}"#, #"1:22 /password/env: "A=B" is no name of an environment variable"#),
            (#"{"file": "empty"}"#, "1:23 /password/file: the secret is empty"),
            (#"{"file": "binary"}"#, "1:23 /password/file: /etc/gantry/binary is not UTF-8 text"),
            (#"{"file": "large"}"#, "1:23 /password/file: /etc/gantry/large is longer than 65536 bytes"),
            (#"{"file": "none"}"#, "1:23 /password/file: cannot read /etc/gantry/none: no such file"),
            (#"{"file": "a\nb"}"#, "1:23 /password/file: cannot read /etc/gantry/a?b: no such file"),
            (#"{"file": "~/x"}"#, "1:23 /password/file: environment variable HOME is not set"),
        ] {
            #expect(problems("{\"password\": \(written)}", files: files, environment: ["E": ""]) == [problem])
        }
    }

    @Test func aConditionDoesNotShowItEither() throws {
        let file = try load("{\"key\": \"\(text)\"}")
        let error = try #require(throws: ConfigError.self) {
            try file.decode { $0.optional("key", .secret.checked("16 bytes or more") { _ in false }, help: "Key.") }
        }
        #expect(error.description == "/etc/gantry/config.json:1:9 /key: expected 16 bytes or more")
    }
}
