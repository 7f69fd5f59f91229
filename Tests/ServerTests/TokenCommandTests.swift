import GantryCommandLine
import Testing

@testable import GantryServer

@Suite(.timeLimit(.minutes(1))) struct TokenCommandTests {
    private static let id = "01KBCDEFGHJKMNPQRSTVWXYZ01"
    private static let nightly =
        #"{"id":"\#(id)","user":"alice","name":"nightly","grants":["procedure:build"],"created":"?","expires":"2027-02-19T04:48:51.123Z"}"#
    private static let rack =
        #"{"id":"\#(id)","name":"rack-7","purpose":"host","uses":12,"uses_left":3,"created_by":"alice","created":"2026-11-21T04:48:51.123Z","expires":"2026-11-22T04:48:51.123Z"}"#
    private static let made = #"{"token":"gta_secret","name":"nightly","expires":"2027-02-19T04:48:51.123Z"}"#

    @Test func `add prints the token alone, so that a script can take it`() async throws {
        let replies: AccountServer.Replies = ["POST /api/v1/tokens": (201, Self.made)]
        let ending = try await AccountServer.run(
            ["token", "add", "nightly", "--grant", "procedure:build", "--expires", "30d", "--user", "alice"], replies)
        #expect(ending.status == 0 && ending.output == "gta_secret\n")
        #expect(ending.errors == "nightly is good until 2027-02-19 04:48:51Z, and is not shown again\n")
        #expect(
            ending.requests == [
                #"POST /api/v1/tokens {"name":"nightly","expires_in_seconds":2592000,"grants":["procedure:build"],"user":"alice"}"#
            ])
        let json = try await AccountServer.run(["token", "add", "nightly", "--grant", "admin", "--json"], replies)
        #expect(json.output == Self.made + "\n" && json.errors == "")
    }

    @Test func `add warns of grants that the user does not hold, also when it is quiet`() async throws {
        let made =
            #"{"token":"gta_secret","user":"alice","name":"t","grants":["admin"],"not_held":["admin"],"expires":"2027-02-19T04:48:51.123Z"}"#
        let ending = try await AccountServer.run(
            ["token", "add", "t", "--grant", "admin", "-q"], ["POST /api/v1/tokens": (201, made)])
        #expect(ending.status == 0 && ending.output == "gta_secret\n")
        #expect(ending.errors == "alice does not hold admin: the token allows no more than alice may\n")
    }

    @Test func `add makes a registration token`() async throws {
        let ending = try await AccountServer.run(
            ["token", "add", "rack-7", "--registration", "--uses", "12"],
            ["POST /api/v1/registration-tokens": (201, #"{"token":"gtr_secret"}"#)])
        #expect(ending.output == "gtr_secret\n")
        #expect(
            ending.requests == [#"POST /api/v1/registration-tokens {"name":"rack-7","purpose":"host","uses":12}"#])
    }

    @Test(arguments: [
        (["x"], "an API token needs a grant"),
        (["x", "--grant", "admin", "--uses", "2"], "--uses is for registration tokens"),
        (["x", "--registration", "--grant", "admin"], "--grant"), (["x", "--registration", "--user", "bob"], "--user"),
        (["x", "--grant", "admin", "--expires", "soon"], "\"soon\" is no time"),
        (["x", "--registration", "--uses", "0"], "--uses"),
    ])
    func `add refuses what does not belong together`(words: [String], message: String) async throws {
        let ending = try await AccountServer.run(["token", "add"] + words, [:])
        #expect(ending.status == 64 && ending.requests == [])
        #expect(ending.errors.contains(message), "\(ending.errors)")
    }

    @Test func `ls lists tokens of both kinds`() async throws {
        let replies: AccountServer.Replies = [
            "GET /api/v1/tokens": (200, #"{"tokens":[\#(Self.nightly)]}"#),
            "GET /api/v1/tokens?user=bob": (200, #"{"tokens":[]}"#),
            "GET /api/v1/registration-tokens": (200, #"{"registration-tokens":[\#(Self.rack)]}"#),
        ]
        let list = try await AccountServer.run(["token", "ls"], replies)
        #expect(
            list.output == """
                ID                          NAME     GRANTS           CREATED  LAST USED  EXPIRES
                01KBCDEFGHJKMNPQRSTVWXYZ01  nightly  procedure:build  ?        never      2027-02-19 04:48:51Z

                """)
        let hosts = try await AccountServer.run(["token", "ls", "--registration"], replies)
        #expect(
            hosts.output == """
                ID                          NAME    PURPOSE  USES LEFT  MADE BY  EXPIRES
                01KBCDEFGHJKMNPQRSTVWXYZ01  rack-7  host       3 of 12  alice    2026-11-22 04:48:51Z

                """)
        let json = try await AccountServer.run(["token", "ls", "--registration", "--json"], replies)
        #expect(json.output == #"{"registration-tokens":[\#(Self.rack)]}"# + "\n")
        let none = try await AccountServer.run(["token", "ls", "--user", "bob"], replies)
        #expect(none.output == "" && none.errors == "there are no tokens: `gantry token add` makes one\n")
    }

    @Test func `rm takes a name or an id`() async throws {
        let replies: AccountServer.Replies = [
            "GET /api/v1/tokens": (200, #"{"tokens":[\#(Self.nightly)]}"#),
            "DELETE /api/v1/tokens/\(Self.id)": (204, ""),
            "GET /api/v1/registration-tokens": (200, #"{"registration-tokens":[\#(Self.rack)]}"#),
            "DELETE /api/v1/registration-tokens/\(Self.id)": (204, ""),
        ]
        let byName = try await AccountServer.run(["token", "rm", "nightly"], replies)
        #expect(byName.output == "revoked the token nightly\n")
        #expect(byName.requests == ["GET /api/v1/tokens", "DELETE /api/v1/tokens/\(Self.id)"])
        let byID = try await AccountServer.run(["token", "rm", Self.id, "--json"], replies)
        #expect(byID.output == #"{"id":"\#(Self.id)"}"# + "\n" && byID.requests.count == 1)
        let host = try await AccountServer.run(["token", "rm", "rack-7", "--registration"], replies)
        #expect(host.requests.last == "DELETE /api/v1/registration-tokens/\(Self.id)")
        let missing = try await AccountServer.run(["token", "rm", "weekly"], replies)
        #expect(missing.status == 1)
        #expect(missing.errors == "gantry: error: there is no token weekly\nhint: `gantry token ls` lists the tokens\n")
    }

    @Test func `rm does not send or show a token that was typed by mistake`() async throws {
        let token = "gta_" + String(repeating: "A", count: 43)
        let ending = try await AccountServer.run(["token", "rm", token], [:])
        #expect(ending.status == 64 && ending.requests == [] && !ending.errors.contains("AAAA"))
    }

    @Test(arguments: [
        ("45s", 45), ("30m", 1_800), ("12h", 43_200), ("90d", 7_776_000), ("2w", 1_209_600), ("1y", 31_536_000),
    ])
    func `a lifetime is a number and a unit`(text: String, seconds: Int) throws {
        #expect(try TokenLifetime.seconds(text) == seconds)
    }

    @Test(arguments: [
        "", "d", "90", "0d", "-1d", "+1d", "1.5d", " 1d", "1 d", "1D", "999999999999y", "٣d", "9999999999999999999999d",
    ])
    func `another text is no lifetime`(text: String) {
        #expect(throws: CommandError.self) { try TokenLifetime.seconds(text) }
    }
}
