import GantryJSON
import GantryStorage
import Testing

@testable import GantryIdentity

@Suite struct TokenTests {
    @Test func `an API token may do what both its grants and its user's allow`() async throws {
        try await Services.with { services in
            try await services.add("alice", grants: ["procedure:*", "host:web"])
            let (token, record, notHeld) = try await services.identity.apiTokens.add(
                "ci", for: "alice", grants: [try Grant("procedure:upper"), try Grant("service:db")], lifetime: nil,
                services.context)
            #expect(notHeld.map(\.description) == ["service:db"])
            let caller = try await services.identity.callers.find(token: token)
            #expect(caller.proof == .apiToken(id: record.id, name: "ci"))
            #expect(caller.decision(on: try Grant("procedure:upper")) != .missing)
            #expect(caller.may(try Grant("procedure:upper")))
            #expect(caller.decision(on: try Grant("host:web")) == .outsideToken(name: "ci"))
            #expect(caller.decision(on: try Grant("service:db")) == .missing)
        }
    }

    @Test func `it ends at its time, also when it is remembered`() async throws {
        try await Services.with { services in
            try await services.add("alice")
            let (token, record, _) = try await services.identity.apiTokens.add(
                "ci", for: "alice", grants: [.admin], lifetime: 60_000, services.context)
            #expect(record.expiresAt == services.clock.now + 60_000)
            services.clock.now += 59_999
            #expect(try await services.caller(token) == "alice")
            services.clock.now += 1
            #expect(try await services.caller(token) == nil)
        }
    }

    @Test func `a removed token is of no use at once, and only its user can remove it`() async throws {
        try await Services.with { services in
            for name in ["alice", "bob"] { try await services.add(name) }
            let tokens = services.identity.apiTokens
            let (token, record, _) = try await tokens.add(
                "ci", for: "alice", grants: [.admin], lifetime: nil, services.context)
            #expect(try await services.caller(token) == "alice")
            let bob = try await services.identity.users.find("bob")
            #expect(
                await services.refusal { try await tokens.remove(record.id, of: bob.id, services.context) } == .notFound
            )
            try await tokens.remove(record.id, of: record.userID, services.context)
            #expect(try await services.caller(token) == nil)
        }
    }

    @Test func `names, grants, lifetimes and numbers are bounded`() async throws {
        try await Services.with { services in
            try await services.add("alice")
            let tokens = services.identity.apiTokens
            let bad: [(String, [Grant], Int64?)] = [
                ("", [.admin], nil), (String(repeating: "x", count: 65), [.admin], nil), ("a\nb", [.admin], nil),
                ("a", [], nil), ("a", Array(repeating: .admin, count: 101), nil), ("a", [.admin], 0),
                ("a", [.admin], ApiTokens.lifetimeMax + 1),
            ]
            for (name, grants, lifetime) in bad {
                let code = await services.refusal {
                    _ = try await tokens.add(name, for: "alice", grants: grants, lifetime: lifetime, services.context)
                }
                #expect(code == .invalid)
            }
            for number in 0..<ApiTokens.perUserMax {
                _ = try await tokens.add(
                    "t\(number)", for: "alice", grants: [.admin], lifetime: nil, services.context)
            }
            let more = await services.refusal {
                _ = try await tokens.add("more", for: "alice", grants: [.admin], lifetime: nil, services.context)
            }
            #expect(more == .limit)
        }
    }

    @Test func `a token of another kind opens nothing`() async throws {
        try await Services.with { services in
            let (registration, _) = try await services.identity.registrations.add(
                "hosts", purpose: "host", uses: 1, lifetime: nil, services.context)
            for token in [registration, "", "gts_", "gta_short", String(repeating: "x", count: 1 << 20)] {
                #expect(try await services.caller(token) == nil)
            }
        }
    }

    @Test func `a registration token is good for its uses and its time`() async throws {
        try await Services.with { services in
            let registrations = services.identity.registrations
            let (token, record) = try await registrations.add(
                "hosts", purpose: "host", uses: 2, lifetime: 60_000, details: ["group": "web"], services.context)
            #expect(record.usesLeft == 2)
            let redeem = {
                try await services.fixture.database.write { transaction in
                    try registrations.redeem(
                        token, for: "host", subject: "web-1", services.context, transaction
                    ).details["group"]?.string
                }
            }
            #expect(try await redeem() == "web")
            #expect(try await registrations.list().map(\.usesLeft) == [1])
            #expect(try await redeem() == "web")
            #expect(await services.refusal { _ = try await redeem() } == .signInRequired)
            #expect(try await registrations.list().isEmpty)
            #expect(await services.refusal { _ = try await registrations.find(token, for: "host") } == .signInRequired)
            let (late, _) = try await registrations.add(
                "late", purpose: "host", uses: 1, lifetime: 60_000, services.context)
            #expect(await services.refusal { _ = try await registrations.find(late, for: "scope") } == .signInRequired)
            services.clock.now += 60_000
            #expect(await services.refusal { _ = try await registrations.find(late, for: "host") } == .signInRequired)
        }
    }

    @Test func `a token for one host lets one of many in`() async throws {
        try await Services.with { services in
            let registrations = services.identity.registrations
            let (token, _) = try await registrations.add(
                "one", purpose: "host", uses: 1, lifetime: nil, services.context)
            let admitted = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        await services.refusal {
                            _ = try await services.fixture.database.write { transaction in
                                try registrations.redeem(
                                    token, for: "host", subject: "host-\(number)", services.context, transaction)
                            }
                        } == nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(admitted == 1)
        }
    }
}
