import Testing

@testable import GantryIdentity

@Suite struct CallerTests {
    private static let session = Caller.Proof.session(id: "01S")
    private static let token = Caller.Proof.apiToken(id: "01T", name: "nightly\u{202E}")

    @Test func `a direct grant allows and is named`() throws {
        let alice = try caller(["procedure:upper"])
        #expect(try alice.decision(on: Grant("procedure:upper:run")) == .allowed(.init(Grant("procedure:upper"))))
        #expect(try alice.may(Grant("procedure:upper")))
        #expect(try alice.decision(on: Grant("procedure:lower")) == .missing)
        #expect(!alice.may(.admin))
    }

    @Test func `a role's grant allows and names its role`() throws {
        let alice = try caller(["procedure:upper"], roles: ["operators": ["service:*:register", "host:*"]])
        let expected = Caller.HeldGrant(try Grant("service:*:register"), role: "operators")
        #expect(try alice.decision(on: Grant("service:db:register")) == .allowed(expected))
        #expect(try alice.decision(on: Grant("service:db:use")) == .missing)
    }

    @Test func `the first grant that covers is named`() throws {
        let alice = try caller(["procedure:*", "admin"])
        #expect(try alice.decision(on: Grant("procedure:x")) == .allowed(.init(Grant("procedure:*"))))
        #expect(try alice.decision(on: Grant("host:x")) == .allowed(.init(.admin)))
    }

    @Test func `who holds nothing may nothing`() throws {
        let nobody = try caller([])
        for wanted in ["admin", "procedure:x", "scope:*"] {
            #expect(try nobody.decision(on: Grant(wanted)) == .missing)
        }
    }

    @Test func `an API token narrows what its user may do`() throws {
        let alice = try caller(["procedure:*"], proof: Self.token, scope: ["procedure:upper", "host:*"])
        #expect(try alice.may(Grant("procedure:upper:run")))
        #expect(try alice.decision(on: Grant("procedure:lower")) == .outsideToken(name: "nightly\u{202E}"))
        // What the user does not hold is no matter of the token, though the token is for it.
        #expect(try alice.decision(on: Grant("host:x")) == .missing)
    }

    @Test func `the token of an administrator is no administrator`() throws {
        let root = try caller(["admin"], proof: Self.token, scope: ["procedure:*:run"])
        #expect(try root.may(Grant("procedure:upper:run")))
        #expect(try root.decision(on: Grant("procedure:upper")) == .outsideToken(name: "nightly\u{202E}"))
        #expect(root.decision(on: .admin) == .outsideToken(name: "nightly\u{202E}"))
        #expect(try caller(["admin"], proof: Self.token, scope: ["admin"]).may(.admin))
    }

    @Test func `a token for nothing may nothing`() throws {
        let root = try caller(["admin"], proof: Self.token, scope: [])
        for wanted in ["admin", "procedure:x"] { #expect(try !root.may(Grant(wanted))) }
    }

    @Test func `a scope narrows other proofs too`() throws {
        let root = try caller(["admin"], proof: .certificate(fingerprint: "ab"), scope: ["host:a"])
        #expect(try root.may(Grant("host:a")))
        #expect(try root.decision(on: Grant("host:b")) == .missing)
    }

    @Test func `the error names the grant and how to get it`() throws {
        let missing = #expect(throws: IdentityError.self) { try caller([]).require(Grant("procedure:upper")) }
        #expect(missing?.code == .grantMissing)
        #expect(try missing?.grant == Grant("procedure:upper"))
        #expect(
            missing?.message
                == "alice has no grant procedure:upper: an administrator can give it with "
                + "`gantry user grant alice procedure:upper`")
        let outside = #expect(throws: IdentityError.self) {
            try caller(["admin"], proof: Self.token, scope: []).require(.admin)
        }
        #expect(outside?.code == .grantMissing && outside?.grant == .admin)
        #expect(
            outside?.message
                == "the API token \"nightly\\u{202e}\" is not for admin, though alice has that grant")
        try caller(["admin"]).require(.admin)
    }

    @Test func `the command in the error can be pasted into a shell`() throws {
        let mary = try caller([], name: "Mary Ann")
        let star = #expect(throws: IdentityError.self) { try mary.require(Grant("service:*:register")) }
        #expect(star?.message.hasSuffix("`gantry user grant 'Mary Ann' 'service:*:register'`") == true)
        let odd = #expect(throws: IdentityError.self) {
            try mary.require(Grant(kind: "procedure", name: "a'; rm -rf ~ #\n", action: nil))
        }
        #expect(odd?.message.hasSuffix("'Mary Ann' 'procedure:a'\\''; rm -rf ~ #\\n'`") == true)
    }

    @Test func `a foreign name is not echoed whole`() throws {
        let error = #expect(throws: IdentityError.self) {
            try caller([]).require(Grant(kind: "procedure", name: String(repeating: "x", count: 100_000), action: nil))
        }
        #expect((error?.message.utf8.count ?? .max) < 500)
    }

    private func caller(
        _ grants: [String], roles: [String: [String]] = [:], name: String = "alice", proof: Caller.Proof = session,
        scope: [String]? = nil
    ) throws -> Caller {
        let direct = try grants.map { Caller.HeldGrant(try Grant($0)) }
        let byRole = try roles.flatMap { role, grants in try grants.map { Caller.HeldGrant(try Grant($0), role: role) }
        }
        return Caller(
            userID: "01U", userName: name, proof: proof, grants: direct + byRole, scope: try scope?.map(Grant.init))
    }
}
