import GantryBytes
import GantryCrypto
import GantryStorage
import Glibc
import Testing

@testable import GantryIdentity

@Suite struct PasswordLoginTests {
    @Test func `the right password gives a token that names the user`() async throws {
        try await Services.with { services in
            try await services.add("alice", grants: ["procedure:upper"])
            let signIn = try await services.identity.login.withPassword(
                user: "alice", password: Services.password, services.origin)
            let caller = try await services.identity.callers.find(token: signIn.token)
            #expect(caller.userName == "alice")
            #expect(caller.proof == .session(id: signIn.session.id))
            #expect(caller.may(try Grant("procedure:upper")))
            #expect(!caller.may(try Grant("procedure:lower")))
            #expect(signIn.session.label == "laptop")
            #expect(try await services.actions("login") == ["login"])
        }
    }

    @Test func `a client of an older server signs in with the hash of the password`() async throws {
        try await Services.with { services in
            try await services.add("alice")
            let digits = Hex.encode(Digest.sha512(Array(Services.password.utf8)))
            for text in [digits, digits.uppercased()] {
                let caller = try await services.identity.login.caller(
                    user: "alice", proof: PasswordProof(sha512Digits: text), services.origin)
                #expect(caller.userName == "alice")
            }
        }
    }

    /// The name is unknown, breaks the rules, is huge; the password is wrong, empty; there is none.
    static let wrong: [(String, String)] = [
        ("nobody", Services.password), ("al/ice", Services.password), ("", ""), ("alice", "wrong"), ("alice", ""),
        ("keyed", Services.password), ("Alice", Services.password), (String(repeating: "a", count: 1 << 20), "x"),
        ("alice\u{202E}", Services.password), ("alice\0", Services.password),
    ]

    @Test func `whatever is wrong, the answer is the same`() async throws {
        try await Services.with { services in
            try await services.add("alice")
            try await services.add("keyed", password: nil)
            var answers: Set<String> = []
            for (name, password) in Self.wrong {
                services.uptime.pass(.seconds(3600))
                do throws(IdentityError) {
                    _ = try await services.identity.login.withPassword(
                        user: name, password: password, services.origin)
                    Issue.record("\(name.prefix(20)) got in")
                } catch {
                    answers.insert("\(error.code) \(error.message)")
                }
            }
            #expect(answers == ["\(IdentityError.Code.loginFailed) \(Login.failed.message)"])
            #expect(try await services.actions("login").allSatisfy { $0 == "login.refused" })
        }
    }

    /// The least work of alternating tries, with a cost that can be measured. A cheap verifier, which is upgraded
    /// later, must not show either.
    @Test func `an unknown user takes as much work as a wrong password`() async throws {
        try await Services.with({ $0.passwordCost = .init(iterations: 1 << 14, blockSize: 8, parallelism: 1) }) {
            services in
            try await services.add("alice")
            let cheap = try PasswordVerifier(PasswordProof(password: "another one"), cost: Services.quick)
            _ = try await services.identity.users.add(
                NewUser(name: try UserName("cheap"), password: cheap), services.context)
            var work: [String: Double] = [:]
            for _ in 0..<5 {
                for name in ["alice", "nobody", "cheap"] {
                    services.uptime.pass(.seconds(7200))
                    let before = Self.processorSeconds
                    _ = await services.passwordRefusal(name, "wrong")
                    work[name] = min(work[name] ?? .infinity, Self.processorSeconds - before)
                }
            }
            let alice = try #require(work["alice"])
            for (name, seconds) in work {
                #expect(seconds / alice > 0.7 && seconds / alice < 1.4, "\(name): \(seconds) s and \(alice) s")
            }
        }
    }

    /// What all threads of this process have worked so far: unlike the time of a clock it does not grow while other
    /// programs are busy.
    private static var processorSeconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    @Test(arguments: [
        Scrypt.Cost(iterations: 1024, blockSize: 8, parallelism: 1),
        Scrypt.Cost(iterations: 1 << 14, blockSize: 8, parallelism: 1),
        Scrypt.Cost(iterations: 1 << 13, blockSize: 8, parallelism: 5), .standard,
    ]) func `a cheaper verifier is checked with as much work as a new one`(cost: Scrypt.Cost) {
        let work = { (cost: Scrypt.Cost) in cost.iterations * cost.blockSize * cost.parallelism }
        let missing = PasswordHashing.missingWork(beside: cost, to: .standard)
        #expect(missing.map(work).reduce(work(cost), +) == work(.standard))
        #expect(PasswordHashing.missingWork(beside: nil, to: .standard) == [.standard])
    }

    /// The one who changes it is an intruder, and the administrator is quicker.
    @Test func `a password that was reset meanwhile is not changed any more`() async throws {
        try await Services.with({
            $0.passwordCost = .init(iterations: 1 << 14, blockSize: 8, parallelism: 2)
            $0.hashesAtATime = 1
        }) { services in
            try await services.add("alice")
            let token = try await services.token("alice")
            let caller = try await services.identity.callers.find(token: token)
            async let change = services.refusal {
                try await services.identity.login.changePassword(
                    of: caller, from: Services.password, to: "the intruder's own", keeping: nil, services.origin)
            }
            while services.identity.throttle.count == 0 { await Task.yield() }
            // Its hash is computed between the two of the other.
            try await services.identity.passwords.reset(
                "alice", to: "the administrator's", isOneTime: false, services.context)
            #expect(await change == .loginFailed)
            #expect(await services.passwordRefusal("alice", "the intruder's own") == .loginFailed)
            _ = try await services.token("alice", "the administrator's")
        }
    }

    @Test func `a verifier of another cost is replaced at the next login`() async throws {
        try await Services.with { services in
            try await services.add("alice")
            var settings = services.identity.settings
            settings.passwordCost = Scrypt.Cost(iterations: 2048, blockSize: 1, parallelism: 1)
            let later = try await services.restarted(settings)
            let cost = { try await services.fixture.texts(SQL("SELECT iterations FROM identity_password")) }
            #expect(try await cost() == ["1024"])
            _ = try await later.token("alice")
            #expect(try await cost() == ["2048"])
            _ = try await later.token("alice")
        }
    }

    @Test func `a one-time password is good together with a new one only`() async throws {
        try await Services.with { services in
            try await services.add("alice", isOneTime: true)
            #expect(await services.passwordRefusal("alice") == .passwordChangeNeeded)
            for poor in ["short", "alice", Services.password, "aaaaaaaaaa"] {
                #expect(await services.passwordRefusal("alice", new: poor) == .invalid, "\(poor)")
            }
            #expect(await services.passwordRefusal("alice", new: "my own password") == nil)
            #expect(await services.passwordRefusal("alice") == .loginFailed)
            _ = try await services.token("alice", "my own password")
        }
    }

    @Test func `changing the password ends every other session and needs the old one`() async throws {
        try await Services.with { services in
            try await services.add("alice")
            let (mine, other) = (try await services.token("alice"), try await services.token("alice"))
            let caller = try await services.identity.callers.find(token: mine)
            _ = try await services.caller(other)
            guard case .session(let id) = caller.proof else { throw Services.Unexpected() }
            let login = services.identity.login
            let refused = await services.refusal {
                try await login.changePassword(
                    of: caller, from: "wrong", to: "my own password", keeping: id, services.origin)
            }
            #expect(refused == .loginFailed)
            #expect(try await services.caller(other) == "alice")
            try await login.changePassword(
                of: caller, from: Services.password, to: "my own password", keeping: id, services.origin)
            #expect(try await services.caller(mine) == "alice")
            #expect(try await services.caller(other) == nil)
            #expect(await services.passwordRefusal("alice") == .loginFailed)
        }
    }

    @Test func `ten thousand wrong passwords lock the password and not the key`() async throws {
        try await Services.with { services in
            try await services.add("alice")
            let (key, record) = try await services.addKey("alice")
            var refusals: [IdentityError.Code: Int] = [:]
            for number in 0..<10_000 {
                let code = await services.passwordRefusal(
                    "alice", "guess \(number)", from: "198.51.100.\(number % 200)")
                refusals[try #require(code), default: 0] += 1
            }
            // After the free ones, one more begins the delay.
            let checked = ThrottleLimits().nameFailuresFree + 1
            #expect(refusals == [.loginFailed: checked, .tooMany: 10_000 - checked])
            #expect(await services.passwordRefusal("alice") == .tooMany)
            _ = try await services.token("alice", key, record.fingerprint)
            services.uptime.pass(.seconds(3600))
            _ = try await services.token("alice")
            #expect(try await services.actions("login.refused").count < 100)
        }
    }

    @Test func `too many passwords at once are refused instead of queued without end`() async throws {
        try await Services.with({ $0.passwordCost = .init(iterations: 1 << 14, blockSize: 8, parallelism: 1) }) {
            services in
            let codes = await withTaskGroup(of: IdentityError.Code?.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        await services.passwordRefusal("user\(number)", "x", from: "203.0.113.\(number)")
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.filter { $0 == .tooMany }.count >= 300 - PasswordHashing.waitingMax - 4 - 40)
            #expect(codes.filter { $0 == .loginFailed }.count >= PasswordHashing.waitingMax)
            #expect(codes.count == 300)
        }
    }
}

extension Services {
    struct Unexpected: Error {}
}
