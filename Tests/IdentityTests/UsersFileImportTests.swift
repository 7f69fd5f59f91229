import GantryJSON
import GantryStorage
import Testing

@testable import GantryIdentity

@Suite(.timeLimit(.minutes(1))) struct UsersFileImportTests {
    typealias User = UsersFileFixture.User

    private func addNative(_ name: String, to fixture: UsersFileFixture) async throws {
        let name = try UserName(name)
        try await fixture.changeStore(
            SQL(
                """
                INSERT INTO identity_user (id, name, folded, skeleton, display_name, origin, created_at, changed_at)
                VALUES (?, ?, ?, ?, ?, 'native', 0, 0)
                """), "native-\(name)", name.text, name.folded, name.skeleton, name.text)
    }

    private func auditRows(_ fixture: UsersFileFixture) async throws -> [AuditEntry] {
        try await fixture.store.audit.entries(AuditQuery(action: "users_file.import"))
    }

    @Test func `users come with their passwords and grants, and one audit row tells how many`() async throws {
        try await UsersFileFixture.with { fixture in
            let report = try await fixture.apply([User("alice", "one", ["upper", "lower"]), User("bob", "two")])
            #expect(report?.added == 2)
            #expect(try await fixture.users() == ["alice procedure:lower procedure:upper", "bob"])
            #expect(try await fixture.accepts("one", of: "alice"))
            #expect(try await !fixture.accepts("two", of: "alice"))
            let row = try #require(try await auditRows(fixture).first)
            #expect(row.context.actor == "server")
            #expect(row.subject == fixture.path)
            #expect(row.details["listed"]?.integer == 2 && row.details["added"]?.integer == 2)
            #expect(fixture.touched.take() == [try await fixture.id(of: "alice"), try await fixture.id(of: "bob")])
        }
    }

    @Test func `the same file again changes nothing, also after a restart`() async throws {
        try await UsersFileFixture.with { fixture in
            let users = [User("alice", "one", ["upper"]), User("bob", "two")]
            try await fixture.apply(users)
            _ = fixture.touched.take()
            let before = try await fixture.store.texts(SQL("SELECT changed_at FROM identity_password"))
            fixture.store.clock.now += 5000
            let again = UsersFileImport(
                database: fixture.store.database, audit: fixture.store.audit,
                pepper: try UsersFilePepper.load(fixture.store.folder + "/pepper"), loop: fixture.loop,
                now: { [clock = fixture.store.clock] in clock.now }, onChange: { fixture.touched.add($0) })
            let content = UsersFileReader.read(Array(UsersFileFixture.text(users).utf8))
            let report = try await again.apply(content, path: fixture.path)
            #expect(report?.hasChanges == false)
            #expect(fixture.touched.take() == [])
            #expect(try await fixture.store.texts(SQL("SELECT changed_at FROM identity_password")) == before)
            #expect(try await auditRows(fixture).count == 1)
        }
    }

    @Test func `a new password replaces the old one and ends the user's sessions`() async throws {
        try await UsersFileFixture.with { fixture in
            try await fixture.apply([User("alice", "one"), User("bob", "two")])
            let (alice, bob) = (try await fixture.id(of: "alice"), try await fixture.id(of: "bob"))
            try await fixture.addSession(of: alice)
            try await fixture.addSession(of: bob)
            _ = fixture.touched.take()
            let report = try await fixture.apply([User("alice", "three"), User("bob", "two")])
            #expect(report?.changed == 1)
            #expect(fixture.touched.take() == [alice])
            #expect(try await fixture.accepts("three", of: "alice"))
            #expect(try await !fixture.accepts("one", of: "alice"))
            #expect(try await fixture.store.texts(SQL("SELECT user_id FROM identity_session")) == [bob])
        }
    }

    @Test func `procedures follow the file, grants given by hand stay, sessions too`() async throws {
        try await UsersFileFixture.with { fixture in
            try await fixture.apply([User("alice", "one", ["upper", "lower"])])
            let alice = try await fixture.id(of: "alice")
            try await fixture.addSession(of: alice)
            for grant in ["procedure:upper", "service:files"] {
                try await fixture.changeStore(
                    SQL("INSERT INTO identity_user_grant VALUES (?, ?, 'native', 0, 'root')"), alice, grant)
            }
            try await fixture.apply([User("alice", "one", ["title"])])
            #expect(try await fixture.users() == ["alice procedure:title procedure:upper service:files"])
            #expect(try await fixture.sessions() == 1)
        }
    }

    @Test func `a user who vanished is disabled at once, and comes back when listed again`() async throws {
        try await UsersFileFixture.with { fixture in
            try await fixture.apply([User("alice"), User("bob")])
            let bob = try await fixture.id(of: "bob")
            try await fixture.addSession(of: bob)
            _ = fixture.touched.take()
            #expect(try await fixture.apply([User("alice")])?.disabled == 1)
            #expect(try await fixture.users() == ["alice", "bob disabled: no longer in the users file"])
            #expect(try await fixture.sessions() == 0)
            #expect(fixture.touched.take() == [bob])
            #expect(try await fixture.apply([User("alice")])?.hasChanges == false)
            #expect(try await fixture.apply([User("alice"), User("bob")])?.enabled == 1)
            #expect(try await fixture.users() == ["alice", "bob"])
            #expect(fixture.touched.take() == [bob])
            #expect(try await fixture.apply([])?.disabled == 2)
        }
    }

    @Test func `whom an administrator has disabled stays disabled`() async throws {
        try await UsersFileFixture.with { fixture in
            try await fixture.apply([User("alice")])
            try await fixture.changeStore(SQL("UPDATE identity_user SET disabled_at = 1, disabled_reason = 'on leave'"))
            try await fixture.apply([User("alice", "other")])
            #expect(try await fixture.users() == ["alice disabled: on leave"])
            try await fixture.apply([])
            #expect(try await fixture.users() == ["alice disabled: on leave"])
        }
    }

    @Test func `whether the file lists a user is kept apart from why the user is disabled`() async throws {
        try await UsersFileFixture.with { fixture in
            try await fixture.apply([User("alice"), User("bob")])
            try await fixture.changeStore(
                SQL("UPDATE identity_user SET disabled_at = 1, disabled_reason = 'on leave' WHERE name = 'alice'"))
            let unlisted = SQL("SELECT name FROM identity_user WHERE unlisted_at IS NOT NULL ORDER BY name")
            try await fixture.apply([])
            #expect(try await fixture.store.texts(unlisted) == ["alice", "bob"])
            #expect(try await fixture.apply([])?.hasChanges == false)
            try await fixture.apply([User("alice"), User("bob")])
            #expect(try await fixture.store.texts(unlisted) == [])
            #expect(try await fixture.users() == ["alice disabled: on leave", "bob"])
        }
    }

    @Test func `a user made by hand keeps the name, and one that looks like it`() async throws {
        try await UsersFileFixture.with { fixture in
            try await addNative("alice", to: fixture)
            let report = try await fixture.apply([User("Alice"), User("bob")])
            #expect(report?.ignoredNames == ["Alice"])
            #expect(try await fixture.users() == ["bob"])
            #expect(try await fixture.apply([User("Alice"), User("bob")])?.hasChanges == false)
        }
    }

    @Test func `a password set by hand holds until the file says another one`() async throws {
        try await UsersFileFixture.with { fixture in
            try await fixture.apply([User("alice", "one")])
            try await fixture.changeStore(
                SQL("UPDATE identity_password SET origin = 'native', verifier = ?, source_digest = NULL"), [1, 2, 3])
            try await fixture.apply([User("alice", "one")])
            #expect(try await !fixture.accepts("one", of: "alice"))
            try await fixture.apply([User("alice", "one")])
            #expect(try await !fixture.accepts("one", of: "alice"))
            try await fixture.apply([User("alice", "two")])
            #expect(try await fixture.accepts("two", of: "alice"))
        }
    }

    @Test func `a file with a problem is refused whole, but the first one ever gives its good users`() async throws {
        try await UsersFileFixture.with { fixture in
            let bad = #"[{"username": "bad", "password_hash": "12", "allowed_procedures": []},"#
            let first = UsersFileReader.read(Array((bad + UsersFileFixture.text([User("alice")]).dropFirst()).utf8))
            let report = try await fixture.importer.apply(first, path: "p")
            #expect(report?.added == 1)
            let second = UsersFileReader.read(Array((bad + UsersFileFixture.text([User("bob")]).dropFirst()).utf8))
            #expect(try await fixture.importer.apply(second, path: "p") == nil)
            #expect(try await fixture.users() == ["alice"])
            let broken = UsersFileReader.read(Array("[".utf8))
            #expect(try await fixture.importer.apply(broken, path: "p") == nil)
        }
    }

    @Test func `many users come in several steps, and all of them come`() async throws {
        try await UsersFileFixture.with { fixture in
            let users = (0..<(UsersFileLimits.usersPerStep + 20)).map { User("user\($0)", "p", ["upper"]) }
            let report = try await fixture.apply(users)
            #expect(report?.added == users.count)
            #expect(try await fixture.users().count == users.count)
            #expect(fixture.touched.take().count == users.count)
            #expect(try await auditRows(fixture).map { $0.details["added"]?.integer } == [users.count])
            #expect(try await fixture.apply(users.dropLast())?.disabled == 1)
        }
    }

    @Test func `after an import that failed nobody's remembered rights are believed`() async throws {
        try await UsersFileFixture.with { fixture in
            try await fixture.apply([User("alice", "one", ["upper"])])
            let id = try await fixture.id(of: "alice")
            _ = fixture.touched.take()
            try await fixture.changeStore(
                SQL(
                    "CREATE TRIGGER broken BEFORE DELETE ON identity_user_grant BEGIN SELECT RAISE(ABORT, 'no'); END"))
            await #expect(throws: (any Error).self) { try await fixture.apply([User("alice", "one", [])]) }
            #expect(fixture.touched.take() == [id])
        }
    }

    @Test func `the store holds no hash`() async throws {
        try await UsersFileFixture.with { fixture in
            let user = User("alice", "one", ["upper"])
            try await fixture.apply([user])
            for sql in [SQL("SELECT details FROM identity_audit"), SQL("SELECT subject FROM identity_audit")] {
                #expect(try await !fixture.store.texts(sql).joined().contains(user.hash.prefix(16)))
            }
            let rows = try await fixture.store.database.read { transaction in
                try transaction.all(SQL("SELECT salt, verifier, source_digest FROM identity_password")) { row in
                    try [row.blob(0), row.blob(1), row.blob(2)]
                }
            }
            let hash = Array(user.hash.utf8)
            #expect(rows.joined().allSatisfy { $0 != hash && $0.count <= 32 })
            // The digest is of no use without the pepper: another server's is another one.
            let other = UsersFilePepper(bytes: Array(repeating: 7, count: 32))
            #expect(other.digest(of: user.hash) != fixture.pepper.digest(of: user.hash))
        }
    }

    @Test func `a pepper that is cut is refused, and made once`() async throws {
        try await IdentityFixture.with { fixture in
            let path = fixture.folder + "/pepper"
            let made = try UsersFilePepper.load(path)
            #expect(try UsersFilePepper.load(path).digest(of: "x") == made.digest(of: "x"))
            try SecretFile.write([1, 2, 3], to: path, replacing: true)
            let error = #expect(throws: IdentityError.self) { try UsersFilePepper.load(path) }
            #expect(error?.message == "\(path) has 3 bytes instead of 32: restore it, or remove it")
        }
    }
}
