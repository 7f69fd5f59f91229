import Testing

@Suite(.timeLimit(.minutes(1))) struct UserCommandTests {
    private static let alice =
        #"{"name":"alice","display_name":"Alice Example","origin":"native","disabled":false,"created":"2026-11-21T04:48:51.123Z","last_login":"2026-11-22T05:00:00.000Z","roles":["operators"],"grants":["procedure:upper"],"has_password":true,"keys":2}"#
    private static let bob =
        #"{"name":"bob\u001b[31m","display_name":"","origin":"users_file","disabled":true,"disabled_reason":"left","created":"2026-11-21T04:48:51.123Z","roles":[],"grants":[],"has_password":false,"keys":0}"#
    private static let may: (status: Int, body: String) = (200, #"{"explain":{"grant":"admin","allowed":true}}"#)
    private static let whoami = "GET /api/v1/whoami?explain=admin"

    @Test func `ls shows each user on a line, page after page`() async throws {
        let replies: AccountServer.Replies = [
            "GET /api/v1/users": (200, #"{"users":[\#(Self.alice)],"next":"alice"}"#),
            "GET /api/v1/users?after=alice": (200, #"{"users":[\#(Self.bob)]}"#),
        ]
        let ending = try await AccountServer.run(["user", "ls"], replies)
        #expect(ending.status == 0 && ending.errors == "")
        #expect(
            ending.output == """
                NAME           DISPLAY NAME   ROLES      STATE     LAST LOGIN
                alice          Alice Example  operators  active    2026-11-22 05:00:00Z
                bob\\u{1b}[31m                            disabled  never

                """)
        let json = try await AccountServer.run(["user", "ls", "--json"], replies)
        #expect(json.output == #"{"users":[\#(Self.alice),\#(Self.bob)]}"# + "\n")
    }

    @Test func `ls of nobody says how to make one`() async throws {
        let ending = try await AccountServer.run(["user", "ls"], ["GET /api/v1/users": (200, #"{"users":[]}"#)])
        #expect(ending.status == 0 && ending.output == "")
        #expect(ending.errors == "there are no users: `gantry user add NAME` makes one\n")
    }

    @Test func `show has all about a user`() async throws {
        let replies: AccountServer.Replies = [
            "GET /api/v1/users/alice": (200, Self.alice), "GET /api/v1/users/b%40b": (200, Self.bob),
        ]
        let ending = try await AccountServer.run(["user", "show", "alice"], replies)
        #expect(
            ending.output == """
                name          alice
                display name  Alice Example
                state         active
                origin        made here
                created       2026-11-21 04:48:51Z
                last login    2026-11-22 05:00:00Z
                password      yes
                keys          2
                roles         operators
                grants        procedure:upper

                """)
        let bob = try await AccountServer.run(["user", "show", "b@b"], replies)
        #expect(bob.output.contains("name          bob\\u{1b}[31m\n"))
        #expect(bob.output.contains("state         disabled: left\norigin        the users file\n"))
        #expect(bob.output.contains("last login    never\npassword      none\nkeys          0\nroles         none\n"))
        let json = try await AccountServer.run(["--json", "user", "show", "alice"], replies)
        #expect(json.output == Self.alice + "\n")
    }

    @Test func `add asks twice at a terminal, and shows nothing of it`() async throws {
        let ending = try await AccountServer.run(
            ["user", "add", "alice", "--display-name", "Alice Example", "--role", "operators", "--grant", "host:*"],
            [Self.whoami: Self.may, "POST /api/v1/users": (201, Self.alice)], input: "secret pass\nsecret pass\n",
            isTerminal: true)
        #expect(ending.status == 0)
        #expect(ending.output == "made the user alice\n")
        #expect(ending.errors == "password of alice (at least 8 characters): \npassword of alice again: \n")
        #expect(ending.echoChanges == [false, true, false, true])
        #expect(
            ending.requests == [
                Self.whoami,
                #"POST /api/v1/users {"name":"alice","display_name":"Alice Example","roles":["operators"],"grants":["host:*"],"password":"secret pass"}"#,
            ])
    }

    @Test(arguments: [
        ("one\ntwo\nthree\nfour\nfive\nsix\n", "the two passwords differ, so that nothing was changed"),
        ("short\nshort\n\n", "nothing was typed, so that nothing was changed"),
        ("\n", "nothing was typed, so that nothing was changed"),
        ("", "nothing was typed, so that nothing was changed"),
    ])
    func `add changes nothing when the passwords are not typed well`(input: String, message: String) async throws {
        let ending = try await AccountServer.run(
            ["user", "add", "alice"], [Self.whoami: Self.may], input: input, isTerminal: true)
        #expect(ending.status == 64)
        #expect(ending.errors.hasSuffix("gantry: error: \(message)\n"))
        #expect(ending.requests == [Self.whoami])
    }

    @Test func `a name that is too long for any user is told of in one sentence`() async throws {
        let name = String(repeating: "x", count: 300_000)
        for words in [["user", "show", name], ["user", "disable", name], ["user", "grant", name, "admin"]] {
            let ending = try await AccountServer.run(words, [:])
            #expect(ending.status == 64 && ending.requests == [])
            #expect(ending.errors == "gantry: error: a user's name has at most 255 bytes\n")
        }
    }

    @Test func `add asks nothing of somebody who may not, or about a name that cannot be`() async throws {
        let no = #"{"explain":{"grant":"admin","allowed":false,"reason":"carol has no grant admin"}}"#
        let refused = try await AccountServer.run(
            ["user", "add", "alice"], [Self.whoami: (200, no)], input: "x\nx\n", isTerminal: true)
        #expect(refused.status == 77 && refused.echoChanges == [])
        #expect(
            refused.errors == "gantry: error: carol has no grant admin\nhint: `gantry whoami` shows what you may do\n")
        let wrong = try await AccountServer.run(["user", "add", "a/b"], [:], input: "x\nx\n", isTerminal: true)
        #expect(wrong.status == 64 && wrong.requests == [] && wrong.echoChanges == [])
        #expect(wrong.errors.contains("\"a/b\" cannot be a user's name"))
    }

    @Test func `add takes the password from standard input`() async throws {
        let ending = try await AccountServer.run(
            ["user", "add", "alice", "--password-stdin", "--one-time"], ["POST /api/v1/users": (201, Self.alice)],
            input: "secret pass\nrest\n")
        #expect(ending.status == 0 && ending.output == "made the user alice\n")
        #expect(ending.errors == "alice may do nothing yet: `gantry user grant` gives grants and roles\n")
        #expect(ending.requests == [#"POST /api/v1/users {"name":"alice","one_time":true,"password":"secret pass"}"#])
        let empty = try await AccountServer.run(["user", "add", "alice", "--password-stdin"], [:], input: "\n")
        #expect(empty.status == 64 && empty.requests == [])
        let none = try await AccountServer.run(["user", "add", "alice"], [:])
        #expect(none.status == 64 && none.requests == [])
        #expect(none.errors.contains("hint: give it with --password-stdin, or let the server make one with"))
    }

    @Test func `add shows a generated password once`() async throws {
        let made = #"{"name":"alice","password":"abcde-fghjk-mnpqr-stvwx-yz234"}"#
        let replies: AccountServer.Replies = ["POST /api/v1/users": (201, made)]
        let ending = try await AccountServer.run(["user", "add", "alice", "--generate-password"], replies)
        #expect(ending.output == "made the user alice\npassword for the first login: abcde-fghjk-mnpqr-stvwx-yz234\n")
        #expect(
            ending.errors == """
                it is not shown again, and has to be changed at the first login
                alice may do nothing yet: `gantry user grant` gives grants and roles

                """)
        #expect(ending.requests == [#"POST /api/v1/users {"name":"alice","generate_password":true}"#])
        let quiet = try await AccountServer.run(["user", "add", "alice", "--generate-password", "-q"], replies)
        #expect(quiet.output == "abcde-fghjk-mnpqr-stvwx-yz234\n" && quiet.errors == "", "scripts take it as it is")
        let json = try await AccountServer.run(["user", "add", "alice", "--generate-password", "--json"], replies)
        #expect(json.output == made + "\n" && json.errors == "")
        let none = try await AccountServer.run(["user", "add", "ci", "--no-password"], replies)
        #expect(none.requests == [#"POST /api/v1/users {"name":"ci"}"#])
    }

    @Test func `grant and revoke do one thing after the other`() async throws {
        let replies: AccountServer.Replies = [
            "POST /api/v1/users/alice/grants": (200, Self.alice),
            "PUT /api/v1/users/alice/roles/operators": (200, Self.alice),
            "DELETE /api/v1/users/alice/grants?grant=service%3A%2A%3Aregister": (200, Self.alice),
            "DELETE /api/v1/users/alice/roles/operators": (200, Self.alice),
        ]
        let given = try await AccountServer.run(
            ["user", "grant", "alice", "procedure:upper", "admin", "--role", "operators"], replies)
        #expect(given.status == 0)
        #expect(
            given.output == """
                gave alice the grant procedure:upper
                gave alice the grant admin
                gave alice the role operators

                """)
        #expect(
            given.requests == [
                #"POST /api/v1/users/alice/grants {"grant":"procedure:upper"}"#,
                #"POST /api/v1/users/alice/grants {"grant":"admin"}"#, "PUT /api/v1/users/alice/roles/operators",
            ])
        let taken = try await AccountServer.run(
            ["user", "revoke", "alice", "service:*:register", "--role", "operators", "--json"], replies)
        #expect(taken.status == 0 && taken.output == Self.alice + "\n")
        #expect(taken.requests.count == 2 && taken.requests.allSatisfy { $0.hasPrefix("DELETE ") })
        let nothing = try await AccountServer.run(["user", "grant", "alice"], replies)
        #expect(nothing.status == 64 && nothing.requests == [])
        #expect(nothing.errors.contains("there is nothing to give\nhint: name a grant such as procedure:upper"))
    }

    @Test func `an error in the middle leaves what was done before it told`() async throws {
        let ending = try await AccountServer.run(
            ["user", "grant", "alice", "procedure:upper", "--role", "ops"],
            ["POST /api/v1/users/alice/grants": (200, Self.alice)])
        #expect(ending.status == 1)
        #expect(ending.output == "gave alice the grant procedure:upper\n")
        #expect(
            ending.errors == """
                gantry: error: there is no PUT /api/v1/users/alice/roles/ops
                hint: `gantry user ls` lists the users, `gantry role ls` the roles

                """)
    }

    @Test func `disable and enable change the state`() async throws {
        var replies: AccountServer.Replies = [
            "PATCH /api/v1/users/bob": (200, Self.bob), "GET /api/v1/users/bob": (200, #"{"disabled":false}"#),
        ]
        let off = try await AccountServer.run(["user", "disable", "bob", "--reason", "left"], replies)
        #expect(off.status == 0 && off.output == "disabled bob\n")
        #expect(off.requests.last == #"PATCH /api/v1/users/bob {"disabled":true,"reason":"left"}"#)
        let active = try await AccountServer.run(["user", "enable", "bob"], replies)
        #expect(active.output == "bob was enabled already\n")
        replies["GET /api/v1/users/bob"] = (200, Self.bob)
        let again = try await AccountServer.run(["user", "disable", "bob", "--reason", "new"], replies)
        #expect(again.status == 0 && again.output == "bob was disabled already; the reason is now: new\n")
        let same = try await AccountServer.run(["user", "disable", "bob"], replies)
        #expect(same.status == 0 && same.output == "bob was disabled already\n")
        let on = try await AccountServer.run(["user", "enable", "bob", "--json"], replies)
        #expect(on.output == Self.bob + "\n")
        #expect(on.requests == [#"PATCH /api/v1/users/bob {"disabled":false}"#])
    }

    @Test func `change sets the display name`() async throws {
        let replies: AccountServer.Replies = ["PATCH /api/v1/users/alice": (200, Self.alice)]
        let ending = try await AccountServer.run(["user", "change", "alice", "--display-name", "Alice E."], replies)
        #expect(ending.status == 0 && ending.output == "changed alice\n")
        #expect(ending.requests == [#"PATCH /api/v1/users/alice {"display_name":"Alice E."}"#])
        let nothing = try await AccountServer.run(["user", "change", "alice"], replies)
        #expect(nothing.status == 64 && nothing.requests == [])
    }

    @Test func `passwd changes one's own password`() async throws {
        let replies: AccountServer.Replies = [
            "GET /api/v1/whoami": (200, #"{"user":{"name":"alice"}}"#), "POST /api/v1/password": (204, ""),
        ]
        let sent = #"POST /api/v1/password {"current_password":"old pass","new_password":"new pass"}"#
        let typed = try await AccountServer.run(
            ["user", "passwd"], replies, input: "old pass\nnew pass\nnew pass\n", isTerminal: true)
        #expect(typed.status == 0 && typed.output == "changed the password of alice; other sessions have ended\n")
        #expect(
            typed.errors == """
                present password of alice:\u{20}
                new password (at least 8 characters):\u{20}
                new password again:\u{20}

                """)
        #expect(typed.requests.last == sent && !typed.echoChanges.isEmpty)
        let piped = try await AccountServer.run(
            ["user", "passwd", "--password-stdin", "--json"], replies, input: "old pass\nnew pass\n")
        #expect(piped.output == #"{"name":"alice"}"# + "\n" && piped.requests.last == sent)
        let short = try await AccountServer.run(["user", "passwd", "--password-stdin"], replies, input: "old pass\n")
        #expect(
            short.status == 64 && short.errors == "gantry: error: standard input has no line with the new password\n")
        #expect(try await AccountServer.run(["user", "passwd", "--generate-password"], replies).status == 64)
        #expect(try await AccountServer.run(["user", "passwd"], replies).status == 64)
    }

    @Test func `passwd asks again for a new password that is mistyped or refused, and not for the present one`()
        async throws
    {
        let replies: AccountServer.Replies = [
            "GET /api/v1/whoami": (200, #"{"user":{"name":"alice"}}"#),
            "POST /api/v1/password": (400, AccountServer.problem("invalid-value", "this password is bad")),
        ]
        let refused = try await AccountServer.run(
            ["user", "passwd"], replies, input: "old pass\nnew pass\nnew past\nfirst\nfirst\nsecond\nsecond\n",
            isTerminal: true)
        #expect(refused.status == 64 && refused.errors.hasSuffix("gantry: error: this password is bad\n"))
        #expect(refused.errors.contains("the two passwords differ; try again\n"))
        #expect(refused.errors.contains("this password is bad; try again\n"))
        #expect(
            refused.requests.dropFirst() == [
                #"POST /api/v1/password {"current_password":"old pass","new_password":"first"}"#,
                #"POST /api/v1/password {"current_password":"old pass","new_password":"second"}"#,
            ])
    }

    @Test func `passwd says that the present password is wrong`() async throws {
        let ending = try await AccountServer.run(
            ["user", "passwd", "--password-stdin"],
            [
                "GET /api/v1/whoami": (200, #"{"user":{"name":"alice"}}"#),
                "POST /api/v1/password": (401, AccountServer.problem("login-failed", "unknown, or wrong")),
            ], input: "wrong pass\nnew pass\n")
        #expect(ending.status == 77 && ending.output == "")
        #expect(ending.errors == "gantry: error: the present password is wrong, so that nothing was changed\n")
    }

    @Test func `passwd sets the password of another user`() async throws {
        let put = "PUT /api/v1/users/alice/password"
        let generated = try await AccountServer.run(
            ["user", "passwd", "alice", "--generate-password"], [put: (200, #"{"password":"abcde-fghjk"}"#)])
        #expect(
            generated.output == """
                set the password of alice; all sessions of alice have ended
                password for the first login: abcde-fghjk

                """)
        #expect(generated.requests == [put + #" {"generate":true}"#])
        let typed = try await AccountServer.run(
            ["user", "passwd", "alice", "--one-time"], [Self.whoami: Self.may, put: (200, "{}")],
            input: "new pass\nnew pass\n", isTerminal: true)
        #expect(typed.requests == [Self.whoami, put + #" {"password":"new pass","one_time":true}"#])
        let json = try await AccountServer.run(
            ["user", "passwd", "alice", "--generate-password", "--json"], [put: (200, #"{"password":"abcde"}"#)])
        #expect(json.output == #"{"password":"abcde","name":"alice"}"# + "\n")
    }

    static let commands = [
        ["user", "ls"], ["user", "show", "a"], ["user", "add", "a", "--no-password"], ["user", "grant", "a", "admin"],
        ["user", "revoke", "a", "admin"], ["user", "disable", "a"], ["user", "enable", "a"],
        ["user", "passwd", "a", "--generate-password"], ["role", "ls"], ["role", "show", "r"], ["role", "add", "r"],
        ["role", "grant", "r", "admin"], ["role", "revoke", "r", "admin"], ["role", "rm", "r"], ["token", "ls"],
        ["token", "add", "t", "--grant", "admin"], ["token", "rm", "t"], ["session", "ls"], ["session", "rm", "s"],
        ["session", "rm", "--all"],
    ]

    @Test(arguments: commands) func `who is not signed in is told to sign in`(words: [String]) async throws {
        let ending = try await AccountServer.run(words, [:], token: nil)
        #expect(ending.status == 77 && ending.output == "")
        #expect(ending.errors.hasPrefix("gantry: error: not signed in to http://127.0.0.1:"))
        #expect(ending.errors.hasSuffix("\nhint: sign in with `gantry login`\n"))
        let json = try await AccountServer.run(words + ["--json"], [:], token: nil)
        #expect(json.errors.hasPrefix(#"{"error":{"message":"not signed in to http://127.0.0.1:"#))
        #expect(json.errors.hasSuffix(#"","hint":"sign in with `gantry login`","exit_code":77}}"# + "\n"))
    }

    @Test func `a refused token of the environment is named, because a login would not help`() async throws {
        let ending = try await AccountServer.run(["user", "ls"], [:], token: "gta_old")
        #expect(ending.status == 77 && ending.output == "")
        #expect(ending.errors.hasPrefix("gantry: error: the token in GANTRY_TOKEN is unknown, expired or revoked at "))
        #expect(ending.errors.contains("hint: set another one, or unset it to use the session of `gantry login`\n"))
    }

    @Test func `without a password there is none to change`() async throws {
        let ending = try await AccountServer.run(["user", "add", "alice", "--no-password", "--one-time"], [:])
        #expect(ending.status == 64 && ending.requests == [])
        #expect(ending.errors.contains("options --no-password and --one-time exclude each other"))
    }

    @Test func `the server's refusals have their status and their next step`() async throws {
        let cases: [(code: String, http: Int, status: Int32, hint: String?)] = [
            ("grant-missing", 403, 77, nil), ("already-exists", 409, 1, "`gantry user ls` lists the users"),
            ("invalid-value", 400, 64, nil), ("identity-unavailable", 503, 75, nil), ("conflict", 409, 1, nil),
            ("session-required", 403, 77, "sign in with `gantry login`, and unset GANTRY_TOKEN"),
        ]
        for (code, http, status, hint) in cases {
            let ending = try await AccountServer.run(
                ["user", "add", "alice", "--no-password"],
                ["POST /api/v1/users": (http, AccountServer.problem(code, "it is so"))])
            #expect(ending.status == status, "\(code)")
            #expect(ending.errors == "gantry: error: it is so\n" + (hint.map { "hint: \($0)\n" } ?? ""), "\(code)")
        }
    }
}
