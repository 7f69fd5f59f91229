import GantryBytes
import Testing

@testable import GantryLog

@Suite struct RedactorTests {
    private let redactor = Redactor()

    @Test(arguments: [
        "password", "Password", "user_password", "newPassword", "passwd", "passphrase", "client-secret", "clientSecret",
        "token", "access_token", "accessToken", "X-Auth-Token", "Authorization", "proxy-authorization", "Cookie",
        "set-cookie", "api_key", "apiKey", "X-API-Key", "private_key", "sessionKey", "password_hash", "apikey",
        "credentials", "verifier",
    ])
    func secretNames(name: String) {
        let cleaned = redactor.clean(message: "", fields: [name: "hunter"]).fields
        #expect(cleaned[name] == "<redacted>")
    }

    @Test(arguments: [
        "user", "key", "public_key", "token_id", "tokenId", "password_length", "secret_count", "monkey", "tokenizer",
        "passenger", "", "-", "keyboard", "certificate_path", "secret_file",
    ])
    func plainNames(name: String) {
        #expect(redactor.clean(message: "", fields: [name: "value"]).fields[name] == "value")
    }

    @Test(arguments: [
        ("begin s3cret", "begin <redacted>"), ("s3cret end", "<redacted> end"),
        ("s3crets3cret", "<redacted><redacted>"),
        ("S3cret s3cre", "S3cret s3cre"), ("ss3cret", "s<redacted>"), ("s3cret-longer", "<redacted>"),
        ("s3cret-longe", "<redacted>-longe"), ("Grüße-Paß", "<redacted>"), ("", ""),
    ])
    func registeredValues(text: String, shown: String) {
        for secret in ["s3cret", "s3cret-longer", "Grüße-Paß"] { #expect(redactor.register(secret)) }
        let (message, fields) = redactor.clean(message: text, fields: ["v": .string(text), "l": [.string(text), 5]])
        #expect(message == shown)
        #expect(fields["v"] == .string(shown))
        #expect(fields["l"] == [.string(shown), 5])
        #expect(redactor.redacted(text) == shown)
    }

    @Test func valuesInNamesAndNumbers() {
        #expect(redactor.register("90210777"))
        let fields = redactor.clean(message: "", fields: ["n90210777": 1, "pin": 90_210_777]).fields
        #expect(fields.entries.map(\.name) == ["n<redacted>", "pin"])
        #expect(fields["pin"] == "<redacted>")
    }

    @Test func registrationsAreCounted() {
        redactor.register("s3cret")
        redactor.register("s3cret")
        redactor.unregister("s3cret")
        #expect(redactor.redacted("s3cret") == "<redacted>")
        redactor.unregister("s3cret")
        #expect(redactor.redacted("s3cret") == "s3cret")
        redactor.unregister("s3cret")
        redactor.register("s3cret")
        #expect(redactor.redacted("s3cret") == "<redacted>")
    }

    @Test func refusesWhatItCannotLookFor() {
        #expect(!redactor.register(""))
        #expect(!redactor.register("abc"))
        for number in 0..<LogLimits.secretsMax { #expect(redactor.register("secret-\(number)")) }
        #expect(!redactor.register("one-too-many"))
        #expect(redactor.register("secret-0"))
        #expect(redactor.redacted("secret-4095 secret-409x") == "<redacted> <redacted>x")
    }

    @Test func aCutNeverLeavesTheBeginningOfASecret() {
        redactor.register("QWXYQWXY")
        for overlap in 0...8 {
            let text = String(repeating: ".", count: LogLimits.messageBytesMax - overlap) + "QWXYQWXY tail"
            let message = redactor.clean(message: text, fields: [:]).message
            #expect(!message.contains("Q"), "with \(overlap) bytes before the cut")
        }
        // Replacing an early secret makes the text shorter; what lies behind the cut must not move into view.
        let text = "QWXYQWXY" + String(repeating: ".", count: LogLimits.messageBytesMax - 8) + "QWXYQWXY"
        #expect(redactor.clean(message: text, fields: [:]).message.hasSuffix("...…[+8 bytes]"))
    }

    @Test func loggersRedactBeforeASinkSeesTheEvent() {
        let sink = MemoryLogSink()
        redactor.register("s3cret")
        Logger(sink: sink, redactor: redactor, clock: { UnixTime(seconds: 0) }).info(
            "login s3cret", ["password": "x", "u": "s3cret"])
        #expect(
            sink.lines() == ["1970-01-01T00:00:00.000Z info  login <redacted> password=<redacted> u=<redacted>"])
    }
}
