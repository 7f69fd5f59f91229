import GantryBytes
import GantryCrypto
import GantryStorage
import Testing

@testable import GantryIdentity

@Suite struct SessionTests {
    @Test func `a session slides with its use, and ends at its absolute limit`() async throws {
        try await Services.with { services in
            try await services.add("alice")
            let token = try await services.token("alice")
            for _ in 0..<26 {
                services.clock.now += 3_300_000
                #expect(try await services.caller(token) == "alice")
                try await services.identity.callers.writeTouches()
            }
            services.clock.now += 3_300_000
            #expect(try await services.caller(token) == nil)
        }
    }

    @Test(arguments: [true, false]) func `a session ends when it is not used`(isRemembered: Bool) async throws {
        try await Services.with { services in
            try await services.add("alice")
            let token = try await services.token("alice")
            if isRemembered { #expect(try await services.caller(token) == "alice") }
            services.clock.now += 3_600_000
            #expect(try await services.caller(token) == nil)
        }
    }

    @Test func `its use is known after a restart`() async throws {
        try await Services.with { services in
            try await services.add("alice")
            let token = try await services.token("alice")
            services.clock.now += 3_000_000
            #expect(try await services.caller(token) == "alice")
            await services.identity.stop()
            services.clock.now += 3_000_000
            #expect(try await services.restarted().caller(token) == "alice")
        }
    }

    @Test func `clocks that are set end nothing that should live and keep nothing that should end`() async throws {
        try await Services.with { services in
            try await services.add("alice")
            let token = try await services.token("alice")
            let start = services.clock.now
            services.clock.now = start - 30 * 86_400_000
            #expect(try await services.caller(token) == "alice")
            services.clock.now = start + 365 * 86_400_000
            #expect(try await services.caller(token) == nil)
            services.clock.now = start + 60_000
            #expect(try await services.caller(token) == "alice")
            services.clock.now = start + 60_000 + 3_600_000
            #expect(try await services.caller(token) == nil)
        }
    }

    @Test func `a session that made room is of no use, although it was remembered`() async throws {
        try await Services.with({ $0.sessions.perUserMax = 2 }) { services in
            try await services.add("alice")
            let (key, record) = try await services.addKey("alice")
            for signIn in [
                { try await services.token("alice") }, { try await services.token("alice", key, record.fingerprint) },
            ] {
                let first = try await services.token("alice")
                #expect(try await services.caller(first) == "alice")
                for _ in 0..<2 {
                    services.clock.now += 1
                    _ = try await signIn()
                }
                #expect(try await services.caller(first) == nil)
                services.clock.now += 1
            }
        }
    }

    @Test func `a login with a clock that was set back stays, also when a user has all sessions`() async throws {
        try await Services.with({ $0.sessions.perUserMax = 2 }) { services in
            try await services.add("alice")
            for _ in 0..<2 { _ = try await services.token("alice") }
            services.clock.now -= 86_400_000
            let token = try await services.token("alice")
            #expect(try await services.caller(token) == "alice")
            #expect(try await services.identity.sessions.list(of: "alice").count == 2)
        }
    }

    @Test func `one session or all of a user can be ended, and nobody else's`() async throws {
        try await Services.with { services in
            for name in ["alice", "bob"] { try await services.add(name) }
            let sessions = services.identity.sessions
            var tokens: [String] = []
            for _ in 0..<3 { tokens.append(try await services.token("alice")) }
            let bobs = try await services.token("bob")
            for token in tokens + [bobs] { _ = try await services.caller(token) }
            let bob = try await services.identity.users.find("bob")
            let first = try #require(try await sessions.list(of: "alice").first { $0.userName == "alice" })
            #expect(
                await services.refusal { try await sessions.end(first.id, of: bob.id, services.context) } == .notFound)
            try await sessions.end(first.id, of: first.userID, services.context)
            #expect(try await sessions.list(of: "alice").count == 2)
            let kept = try #require(try await sessions.list(of: "alice").first).id
            #expect(try await sessions.endAll(of: "alice", except: kept, services.context) == 1)
            var alive: [String] = []
            for token in tokens { if let name = try await services.caller(token) { alive.append(name) } }
            #expect(alive == ["alice"])
            #expect(try await services.caller(bobs) == "bob")
        }
    }

    @Test func `the session that was not used for the longest time makes room`() async throws {
        try await Services.with({ $0.sessions.perUserMax = 3 }) { services in
            try await services.add("alice")
            var tokens: [String] = []
            for _ in 0..<4 {
                tokens.append(try await services.token("alice"))
                services.clock.now += 1000
            }
            #expect(try await services.identity.sessions.list(of: "alice").count == 3)
            #expect(try await services.caller(tokens[0]) == nil)
            #expect(try await services.caller(tokens[3]) == "alice")
        }
    }

    @Test func `a user who is disabled can do nothing at once`() async throws {
        try await Services.with { services in
            _ = try await services.identity.makeFirstAdministrator()
            try await services.add("alice", grants: ["procedure:*"])
            let (key, record) = try await services.addKey("alice")
            let session = try await services.token("alice")
            let (api, _, _) = try await services.identity.apiTokens.add(
                "ci", for: "alice", grants: [try Grant("procedure:*")], lifetime: nil, services.context)
            for token in [session, api] { #expect(try await services.caller(token) == "alice") }
            _ = try await services.identity.users.change("alice", isDisabled: true, services.context)
            for token in [session, api] { #expect(try await services.caller(token) == nil) }
            #expect(await services.passwordRefusal("alice") == .disabled)
            #expect(await services.passwordRefusal("alice", "wrong") == .loginFailed)
            #expect(
                await services.refusal { _ = try await services.token("alice", key, record.fingerprint) }
                    == .loginFailed)
            _ = try await services.identity.users.change("alice", isDisabled: false, services.context)
            #expect(try await services.caller(session) == nil)
            #expect(try await services.caller(api) == "alice")
        }
    }

    @Test func `grants that are given and taken hold for the next request`() async throws {
        try await Services.with { services in
            _ = try await services.identity.makeFirstAdministrator()
            try await services.add("alice")
            let token = try await services.token("alice")
            let wanted = try Grant("procedure:upper")
            let may = {
                if let known = services.identity.callers.known(token: token) { return known.may(wanted) }
                return try await services.identity.callers.find(token: token).may(wanted)
            }
            #expect(try await may() == false)
            _ = try await services.identity.grants.give(wanted, to: "alice", services.context)
            #expect(try await may() == true)
            _ = try await services.identity.grants.take(wanted, from: "alice", services.context)
            #expect(try await may() == false)
            _ = try await services.identity.roles.add("upper", summary: "", grants: [], services.context)
            _ = try await services.identity.grants.give(role: "upper", to: "alice", services.context)
            #expect(try await may() == false)
            _ = try await services.identity.roles.give(try Grant("procedure:*"), to: "upper", services.context)
            #expect(try await may() == true)
            try await services.identity.roles.remove("upper", services.context)
            #expect(try await may() == false)
        }
    }

    @Test func `an answer that was read before a change is not kept`() async throws {
        let cache = CallerCache()
        let hash = TokenHash(Digest.sha256([1]))
        let caller = Caller(userID: "u", userName: "alice", proof: .session(id: "s"), grants: [])
        let life = CallerCache.Life(usedAt: 0, idleTime: nil, expiresAt: nil)
        let mark = cache.mark
        cache.forget(Touched(userIDs: ["u"]))
        cache.remember(caller, life, hash, mark: mark, now: 0)
        #expect(cache.caller(hash, now: 0) == nil)
        cache.remember(caller, life, hash, mark: cache.mark, now: 0)
        #expect(cache.caller(hash, now: 0)?.userName == "alice")
        cache.forget(Touched(userIDs: ["v"]))
        #expect(cache.caller(hash, now: 0)?.userName == "alice")
        cache.forget(Touched(userIDs: ["u"]))
        #expect(cache.caller(hash, now: 0) == nil)
    }

    @Test func `the memory is bounded and keeps who was seen lately`() throws {
        let cache = CallerCache(callersMax: 100)
        let life = CallerCache.Life(usedAt: 0, idleTime: nil, expiresAt: nil)
        func hash(_ number: Int) -> TokenHash { TokenHash(Digest.sha256(Array("\(number)".utf8))) }
        for number in 0..<1000 {
            let caller = Caller(userID: "u\(number % 7)", userName: "u", proof: .session(id: "\(number)"), grants: [])
            cache.remember(caller, life, hash(number), mark: cache.mark, now: 0)
            #expect(cache.caller(hash(0), now: 0) != nil)
            #expect(cache.count <= 100)
        }
        cache.forget(Touched(userIDs: ["u0"]))
        #expect(cache.caller(hash(0), now: 0) == nil)
        #expect(cache.caller(hash(999), now: 0) != nil)
    }

    @Test func `ended sessions are removed in steps`() async throws {
        try await Services.with { services in
            try await services.add("alice")
            for _ in 0..<3 { _ = try await services.token("alice") }
            #expect(try await services.identity.sessions.purge() == false)
            services.clock.now += 3_600_000
            let alive = try await services.token("alice")
            #expect(try await services.identity.sessions.purge() == false)
            #expect(try await services.fixture.texts(SQL("SELECT count(*) FROM identity_session")) == ["1"])
            #expect(try await services.caller(alive) == "alice")
        }
    }

    @Test func `whoever reads the store cannot use what is in it`() async throws {
        try await Services.with { services in
            try await services.add("alice")
            let session = try await services.token("alice")
            let (api, _, _) = try await services.identity.apiTokens.add(
                "ci", for: "alice", grants: [.admin], lifetime: nil, services.context)
            let (registration, _) = try await services.identity.registrations.add(
                "hosts", purpose: "host", uses: 2, lifetime: nil, services.context)
            await services.fixture.database.close()
            let bytes = try services.fixture.storedBytes()
            let digits = Hex.encode(Digest.sha512(Array(Services.password.utf8)))
            for secret in [session, api, registration, Services.password, digits] {
                #expect(!bytes.contains(secret), "\(secret.prefix(6)) is in the store")
            }
            #expect(bytes.contains("alice"))
        }
    }
}
