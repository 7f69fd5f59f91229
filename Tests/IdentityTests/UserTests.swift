import GantryCrypto
import GantryStorage
import Glibc
import Testing

@testable import GantryIdentity

@Suite struct UserTests {
    @Test func `a reason is one short line, and never the one that the users file lifts`() async throws {
        try await Services.with { services in
            try await services.add("alice")
            for reason in ["two\nlines", String(repeating: "x", count: 201), "no longer in the users file"] {
                let code = await services.refusal {
                    _ = try await services.identity.users.change(
                        "alice", isDisabled: true, reason: reason, services.context)
                }
                #expect(code == .invalid)
            }
            #expect(try await services.identity.users.find("alice").disabledAt == nil)
        }
    }

    @Test func `a user is made whole or not at all`() async throws {
        try await Services.with { services in
            var user = NewUser(
                name: try UserName("alice"), displayName: "Alice", grants: [try Grant("procedure:upper")])
            user.roles = ["missing"]
            let refused = user
            #expect(
                await services.refusal { _ = try await services.identity.users.add(refused, services.context) }
                    == .notFound)
            #expect(try await services.identity.users.list(limit: 10).isEmpty)
            #expect(try await services.actions().contains("user.add") == false)
            user.roles = []
            let made = try await services.identity.users.add(user, services.context)
            #expect(made == (try await services.identity.users.find("alice")))
            #expect(made.displayName == "Alice")
            #expect(made.grants.map(\.description) == ["procedure:upper"])
            #expect(!made.hasPassword)
        }
    }

    @Test(arguments: ["alice", "ALICE", "a1ice", "аlice"]) func `names that are taken or look alike are refused`(
        name: String
    ) async throws {
        try await Services.with { services in
            try await services.add("alice", password: nil)
            #expect(
                await services.refusal { try await services.add(name, password: nil) }
                    == (name == "аlice" ? .invalid : .taken))
        }
    }

    @Test func `a user of the users file is enabled by whoever has disabled the user`() async throws {
        try await Services.with { services in
            _ = try await services.identity.makeFirstAdministrator()
            try await services.add("alice", password: nil)
            let users = services.identity.users
            _ = try await services.fixture.database.write { transaction in
                try transaction.execute(SQL("UPDATE identity_user SET origin = 'users_file' WHERE name = 'alice'"))
            }
            _ = try await users.change("alice", isDisabled: true, reason: "on leave", services.context)
            #expect(try await users.change("alice", isDisabled: false, services.context).disabledAt == nil)
            _ = try await services.fixture.database.write { transaction in
                try transaction.execute(
                    SQL(
                        """
                        UPDATE identity_user SET disabled_at = 1, disabled_reason = ?, unlisted_at = 1
                        WHERE name = 'alice'
                        """), UsersFilePlan.vanished)
            }
            let attempt = { _ = try await users.change("alice", isDisabled: false, services.context) }
            #expect(await services.refusal(attempt) == .conflict, "the file has to list the user again")
            // The reason of an administrator does not change that.
            let again = try await users.change("alice", isDisabled: true, reason: "on leave", services.context)
            #expect(again.disabledReason == "on leave")
            #expect(await services.refusal(attempt) == .conflict)
        }
    }

    @Test func `a user who is disabled gets another reason, and the audit log says so`() async throws {
        try await Services.with { services in
            _ = try await services.identity.makeFirstAdministrator()
            try await services.add("bob", password: nil)
            let users = services.identity.users
            for reason in ["one", "two", "two", ""] {
                _ = try await users.change("bob", isDisabled: true, reason: reason, services.context)
            }
            #expect(try await users.find("bob").disabledReason == "two")
            #expect(try await services.actions("user.") == ["user.add", "user.add", "user.disable", "user.change"])
        }
    }

    @Test func `a name that is nobody's leads to the nearest one`() async throws {
        try await Services.with { services in
            for name in ["alice", "bob"] { try await services.add(name, password: nil) }
            for (name, message) in [
                ("alise", "there is no user alise: did you mean alice?"),
                ("lice", "there is no user lice: did you mean alice?"),
                ("Bob", "there is no user Bob: did you mean bob?"), ("carol", "there is no user carol"),
                ("al/ice", "there is no user al/ice"),
            ] {
                let error = await #expect(throws: IdentityError.self) {
                    _ = try await services.identity.users.find(name)
                }
                #expect(error?.message == message)
            }
        }
    }

    @Test func `a grant that comes from a role is taken with the role`() async throws {
        try await Services.with { services in
            try await services.add("alice", password: nil)
            _ = try await services.identity.roles.add(
                "operators", summary: "", grants: [try Grant("procedure:upper")], services.context)
            _ = try await services.identity.grants.give(role: "operators", to: "alice", services.context)
            let error = await #expect(throws: IdentityError.self) {
                _ = try await services.identity.grants.take(
                    try Grant("procedure:upper"), from: "alice", services.context)
            }
            #expect(error?.code == .conflict)
            #expect(error?.message.contains("by the role operators") == true)
            #expect(error?.message.contains("`gantry user revoke alice --role operators`") == true)
            #expect(
                await services.refusal {
                    _ = try await services.identity.grants.take(
                        try Grant("procedure:lower"), from: "alice", services.context)
                } == .notFound)
        }
    }

    @Test func `a list goes page by page in the order of the names`() async throws {
        try await Services.with { services in
            for name in ["carol", "alice", "bob"] { try await services.add(name, password: nil) }
            let users = services.identity.users
            #expect(try await users.list(limit: 2).map(\.name) == ["alice", "bob"])
            #expect(try await users.list(after: "bob", limit: 2).map(\.name) == ["carol"])
            #expect(try await users.list(after: "carol", limit: 2).isEmpty)
        }
    }

    @Test func `the last administrator cannot be lost`() async throws {
        try await Services.with { services in
            _ = try await services.identity.makeFirstAdministrator()
            let (users, grants, roles) = (
                services.identity.users, services.identity.grants, services.identity.roles
            )
            let attempts: [() async throws -> Void] = [
                { _ = try await users.change("root", isDisabled: true, services.context) },
                { _ = try await grants.take(.admin, from: "root", services.context) },
            ]
            for attempt in attempts { #expect(await services.refusal(attempt) == .conflict) }
            #expect(try await users.find("root").disabledAt == nil)
            _ = try await roles.add("admins", summary: "", grants: [.admin], services.context)
            _ = try await grants.give(role: "admins", to: "root", services.context)
            _ = try await grants.take(.admin, from: "root", services.context)
            let byRole: [() async throws -> Void] = [
                { _ = try await grants.take(role: "admins", from: "root", services.context) },
                { _ = try await roles.take(.admin, from: "admins", services.context) },
                { try await roles.remove("admins", services.context) },
            ]
            for attempt in byRole { #expect(await services.refusal(attempt) == .conflict) }
            try await services.add("second", grants: ["admin"])
            _ = try await users.change("root", isDisabled: true, services.context)
        }
    }

    @Test func `the first start makes an administrator with a password of its own, once`() async throws {
        try await Services.with { services in
            let password = try #require(try await services.identity.makeFirstAdministrator())
            #expect(try await services.identity.makeFirstAdministrator() == nil)
            #expect(await services.passwordRefusal("root", password) == .passwordChangeNeeded)
            let signIn = try await services.identity.login.withPassword(
                user: "root", password: password, newPassword: "my own password", services.origin)
            #expect(try await services.identity.callers.find(token: signIn.token).may(.admin))
            #expect(try await services.restarted().identity.makeFirstAdministrator() == nil)
        }
    }

    @Test func `a configured password is not a one-time password`() async throws {
        try await Services.with({ $0.administratorPassword = "from the configuration" }) { services in
            #expect(try await services.identity.makeFirstAdministrator() == nil)
            _ = try await services.token("root", "from the configuration")
        }
    }

    @Test func `an operator who lost the way in gets a new one-time password`() async throws {
        try await Services.with { services in
            _ = try await services.identity.makeFirstAdministrator()
            try await services.add("second", grants: ["admin"])
            _ = try await services.identity.users.change("root", isDisabled: true, services.context)
            _ = try await services.identity.grants.take(.admin, from: "root", services.context)
            let password = try await services.identity.resetAdministrator()
            let signIn = try await services.identity.login.withPassword(
                user: "root", password: password, newPassword: "my own password", services.origin)
            #expect(try await services.identity.callers.find(token: signIn.token).may(.admin))
        }
    }

    @Test func `the server's key stays the same, and a broken one is not replaced`() async throws {
        try await Services.with { services in
            let key = services.identity.serverKey
            #expect(key.isNew)
            let again = try await services.restarted().identity.serverKey
            #expect(again.fingerprint == key.fingerprint)
            #expect(!again.isNew)
            let path = services.fixture.folder + "/identity/server.key"
            unsafe chmod(path, 0o644)
            #expect(await services.refusal { _ = try await services.restarted() } == .unavailable)
            unsafe chmod(path, 0o600)
            try SecretFile.write(Array("nonsense".utf8), to: path, replacing: true)
            #expect(await services.refusal { _ = try await services.restarted() } == .unavailable)
        }
    }

    @Test func `display names and role names are checked`() async throws {
        try await Services.with { services in
            try await services.add("alice", password: nil)
            for text in ["a\u{202E}b", "line\nbreak", String(repeating: "x", count: 201), "\0"] {
                let code = await services.refusal {
                    _ = try await services.identity.users.change("alice", displayName: text, services.context)
                }
                #expect(code == .invalid)
            }
            for name in ["", "Upper", "1st", "a b", String(repeating: "a", count: 41)] {
                let code = await services.refusal {
                    _ = try await services.identity.roles.add(name, summary: "", grants: [], services.context)
                }
                #expect(code == .invalid)
            }
            _ = try await services.identity.roles.add("ops", summary: "", grants: [], services.context)
            #expect(
                await services.refusal {
                    _ = try await services.identity.roles.add("ops", summary: "", grants: [], services.context)
                } == .taken)
        }
    }

    @Test func `every change leaves a row in the audit log`() async throws {
        try await Services.with { services in
            _ = try await services.identity.makeFirstAdministrator()
            try await services.add("alice")
            let grant = try Grant("procedure:upper")
            _ = try await services.identity.grants.give(grant, to: "alice", services.context)
            _ = try await services.identity.grants.take(grant, from: "alice", services.context)
            let (_, key) = try await services.addKey("alice")
            try await services.identity.keys.remove(key.id, of: nil, services.context)
            _ = try await services.identity.users.change("alice", isDisabled: true, services.context)
            #expect(
                try await services.actions() == [
                    "server.key.create", "authority.create", "user.add", "user.add", "grant.give", "grant.take",
                    "key.add", "key.remove", "user.disable",
                ])
        }
    }
}
