import Testing

@Suite(.timeLimit(.minutes(1))) struct RoleCommandTests {
    private static let operators =
        #"{"name":"operators","summary":"runs the hosts","grants":["host:*","procedure:upper"],"users":2}"#
    private static let idle = #"{"name":"idle","summary":"","grants":[],"users":0}"#

    @Test func `ls and show have the grants and the number of users`() async throws {
        let replies: AccountServer.Replies = [
            "GET /api/v1/roles": (200, #"{"roles":[\#(Self.operators),\#(Self.idle)]}"#),
            "GET /api/v1/roles/operators": (200, Self.operators),
        ]
        let list = try await AccountServer.run(["role", "ls"], replies)
        #expect(
            list.output == """
                NAME       SUMMARY         GRANTS                   USERS
                operators  runs the hosts  host:*, procedure:upper      2
                idle                                                    0

                """)
        let json = try await AccountServer.run(["role", "ls", "--json"], replies)
        #expect(json.output == #"{"roles":[\#(Self.operators),\#(Self.idle)]}"# + "\n")
        let one = try await AccountServer.run(["role", "show", "operators"], replies)
        #expect(
            one.output == """
                name     operators
                summary  runs the hosts
                grants   host:*, procedure:upper
                users    2

                """)
        #expect(
            try await AccountServer.run(["role", "show", "operators", "--json"], replies).output == Self.operators
                + "\n")
        let none = try await AccountServer.run(["role", "ls"], ["GET /api/v1/roles": (200, #"{"roles":[]}"#)])
        #expect(none.output == "" && none.errors == "there are no roles: `gantry role add NAME` makes one\n")
    }

    @Test func `add makes a role with its grants`() async throws {
        let replies: AccountServer.Replies = ["POST /api/v1/roles": (201, Self.operators)]
        let ending = try await AccountServer.run(
            [
                "role", "add", "operators", "--summary", "runs the hosts", "--grant", "host:*", "--grant",
                "procedure:upper",
            ],
            replies)
        #expect(ending.status == 0 && ending.output == "made the role operators\n")
        #expect(
            ending.requests == [
                #"POST /api/v1/roles {"name":"operators","summary":"runs the hosts","grants":["host:*","procedure:upper"]}"#
            ])
        #expect(
            try await AccountServer.run(["role", "add", "operators", "--json"], replies).output == Self.operators + "\n"
        )
        let taken = try await AccountServer.run(
            ["role", "add", "operators"],
            ["POST /api/v1/roles": (409, AccountServer.problem("already-exists", "it is there"))])
        #expect(taken.status == 1)
        #expect(taken.errors == "gantry: error: it is there\nhint: `gantry role grant` adds grants to it\n")
    }

    @Test func `grant and revoke change the grants`() async throws {
        let replies: AccountServer.Replies = [
            "POST /api/v1/roles/operators/grants": (200, Self.operators),
            "DELETE /api/v1/roles/operators/grants?grant=host%3A%2A": (200, Self.idle),
        ]
        let given = try await AccountServer.run(["role", "grant", "operators", "host:*", "procedure:upper"], replies)
        #expect(given.output == "put host:* into the role operators\nput procedure:upper into the role operators\n")
        let taken = try await AccountServer.run(["role", "revoke", "operators", "host:*"], replies)
        #expect(taken.output == "took host:* out of the role operators\n")
        #expect(
            try await AccountServer.run(["role", "revoke", "operators", "host:*", "--json"], replies).output == Self
                .idle + "\n")
        #expect(try await AccountServer.run(["role", "grant", "operators"], replies).status == 64)
    }

    @Test func `rm takes a role from its users only when it is told to`() async throws {
        let replies: AccountServer.Replies = [
            "GET /api/v1/roles/operators": (200, Self.operators), "DELETE /api/v1/roles/operators": (204, ""),
            "GET /api/v1/roles/idle": (200, Self.idle), "DELETE /api/v1/roles/idle": (204, ""),
        ]
        let kept = try await AccountServer.run(["role", "rm", "operators"], replies)
        #expect(kept.status == 1 && kept.requests == ["GET /api/v1/roles/operators"])
        #expect(
            kept.errors == """
                gantry: error: the role operators is that of 2 users
                hint: --force takes it from them and removes it

                """)
        let forced = try await AccountServer.run(["role", "rm", "operators", "--force"], replies)
        #expect(forced.status == 0 && forced.output == "removed the role operators\n")
        let idle = try await AccountServer.run(["role", "rm", "idle", "--json"], replies)
        #expect(idle.output == #"{"name":"idle"}"# + "\n" && idle.requests.last == "DELETE /api/v1/roles/idle")
        let missing = try await AccountServer.run(["role", "rm", "nobody"], replies)
        #expect(missing.status == 1 && missing.errors.hasSuffix("hint: `gantry role ls` lists the roles\n"))
    }
}
