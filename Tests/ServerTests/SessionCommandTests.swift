import Testing

@Suite(.timeLimit(.minutes(1))) struct SessionCommandTests {
    private static let laptop =
        #"{"id":"01A","user":"alice","origin":"key","label":"laptop","address":"192.0.2.1","created":"2026-11-21T04:48:51.123Z","current":true,"idle_seconds":5400}"#
    private static let phone =
        #"{"id":"01B","user":"alice","origin":"password","label":"phone\n","address":"local","created":"2026-11-21T04:48:51.123Z","current":false,"expires":"2026-12-21T04:48:51.123Z"}"#

    @Test func `ls marks the present session`() async throws {
        let body = #"{"sessions":[\#(Self.laptop),\#(Self.phone)]}"#
        let replies: AccountServer.Replies = [
            "GET /api/v1/sessions": (200, body), "GET /api/v1/sessions?user=bob": (200, #"{"sessions":[]}"#),
        ]
        let ending = try await AccountServer.run(["session", "ls"], replies)
        #expect(
            ending.output == """
                ID   BY        LABEL              ADDRESS    CREATED               LAST USED  ENDS
                01A  key       laptop (this one)  192.0.2.1  2026-11-21 04:48:51Z  never      unused for 1 h 30 min
                01B  password  phone\\n            local      2026-11-21 04:48:51Z  never      2026-12-21 04:48:51Z

                """)
        #expect(try await AccountServer.run(["session", "ls", "--json"], replies).output == body + "\n")
        let none = try await AccountServer.run(["session", "ls", "--user", "bob"], replies)
        #expect(none.status == 0 && none.output == "" && none.errors == "there are no sessions\n")
    }

    @Test func `rm ends one session or all others`() async throws {
        let replies: AccountServer.Replies = [
            "DELETE /api/v1/sessions/01B": (204, ""), "DELETE /api/v1/sessions": (200, #"{"ended":3}"#),
            "DELETE /api/v1/sessions?user=bob": (200, #"{"ended":1}"#),
        ]
        #expect(try await AccountServer.run(["session", "rm", "01B"], replies).output == "ended 1 session\n")
        #expect(try await AccountServer.run(["session", "rm", "--all"], replies).output == "ended 3 sessions\n")
        let bob = try await AccountServer.run(["session", "rm", "--all", "--user", "bob", "--json"], replies)
        #expect(bob.output == #"{"ended":1}"# + "\n" && bob.requests == ["DELETE /api/v1/sessions?user=bob"])
        let missing = try await AccountServer.run(["session", "rm", "01C"], replies)
        #expect(missing.status == 1 && missing.errors.hasSuffix("hint: `gantry session ls` lists the sessions\n"))
    }

    @Test(arguments: [["session", "rm"], ["session", "rm", "01B", "--all"]])
    func `rm wants either a session or all`(words: [String]) async throws {
        let ending = try await AccountServer.run(words, [:])
        #expect(ending.status == 64 && ending.requests == [])
    }
}
