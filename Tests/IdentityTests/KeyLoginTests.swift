import GantryCrypto
import GantryStorage
import Testing

@testable import GantryIdentity

@Suite struct KeyLoginTests {
    @Test func `a key signs in, and the server has signed first`() async throws {
        try await Services.with { services in
            try await services.add("alice", password: nil)
            let (key, record) = try await services.addKey("alice")
            let challenge = try await services.challenge("alice", record.fingerprint)
            let server = try Ed25519PublicKey(openSSH: challenge.serverKey)
            #expect(server.isValid(challenge.signature, for: challenge.message.serverPayload))
            #expect(challenge.message.server == services.identity.serverKey.fingerprint)
            let signIn = try await services.identity.login.withKey(
                challenge: challenge.id, answer: try key.sign(challenge.message.clientPayload), services.origin)
            #expect(signIn.session.origin == "key")
            #expect(signIn.session.keyFingerprint == record.fingerprint)
            #expect(try await services.caller(signIn.token) == "alice")
            #expect(try await services.identity.keys.list(of: "alice").first?.usedAt == services.clock.now)
        }
    }

    @Test func `an RSA key signs in by decrypting`() async throws {
        try await Services.with { services in
            try await services.add("alice", password: nil)
            let key = try RSAPrivateKey.generate(bits: 3072)
            let record = try await services.identity.keys.add(
                try UserKey(text: try key.publicKey().key.pem()), label: "rsa", to: "alice", services.context
            ).record
            let challenge = try await services.identity.login.challenge(
                user: "alice", fingerprint: record.fingerprint, type: .rsa,
                publicKey: try UserKey(text: try key.publicKey().key.pem()), clientNonce: SecureRandom.bytes(32),
                services.origin)
            let encrypted = try #require(challenge.encryptedSecret)
            let secret = try key.decrypt(encrypted, oaep: .sha256)
            let answer = MessageAuthentication.code(for: Array(challenge.message.text.utf8), key: secret)
            let signIn = try await services.identity.login.withKey(
                challenge: challenge.id, answer: answer, services.origin)
            #expect(try await services.caller(signIn.token) == "alice")
        }
    }

    /// What somebody may do with an answer that was right once, or nearly.
    enum Attack: CaseIterable {
        case replayed, expired, ofAnotherChallenge, ofAnotherServer, tampered, ofAnotherKey, signedAsServer, otherKind,
            unknownChallenge
    }

    @Test(arguments: Attack.allCases) func `a wrong answer is refused`(attack: Attack) async throws {
        try await Services.with { services in
            try await services.add("alice", password: nil)
            let (key, record) = try await services.addKey("alice")
            let challenge = try await services.challenge("alice", record.fingerprint)
            var answer = try key.sign(challenge.message.clientPayload)
            var id = challenge.id
            switch attack {
            case .replayed:
                _ = try await services.identity.login.withKey(challenge: id, answer: answer, services.origin)
            case .expired: services.uptime.pass(Challenges.lifetime)
            case .ofAnotherChallenge: id = try await services.challenge("alice", record.fingerprint).id
            case .ofAnotherServer:
                let asked = challenge.message
                let other = try LoginMessage(
                    purpose: .login, server: "SHA256:" + String(repeating: "A", count: 43), user: asked.user,
                    key: asked.key, clientNonce: asked.clientNonce, serverNonce: asked.serverNonce, time: asked.time)
                answer = try key.sign(other.clientPayload)
            case .tampered: answer[7] ^= 1
            case .ofAnotherKey: answer = try Ed25519PrivateKey.generate().sign(challenge.message.clientPayload)
            case .signedAsServer: answer = try key.sign(challenge.message.serverPayload)
            case .otherKind:
                answer = MessageAuthentication.code(for: Array(challenge.message.text.utf8), key: [])
            case .unknownChallenge: id = "AAAA"
            }
            let code = await services.refusal {
                _ = try await services.identity.login.withKey(challenge: id, answer: answer, services.origin)
            }
            #expect(code == .loginFailed)
        }
    }

    @Test func `a challenge of one user is of no use to another`() async throws {
        try await Services.with { services in
            for name in ["alice", "mallory"] { try await services.add(name, password: nil) }
            let (_, alices) = try await services.addKey("alice")
            let (key, _) = try await services.addKey("mallory")
            let challenge = try await services.challenge("alice", alices.fingerprint)
            let code = await services.refusal {
                _ = try await services.identity.login.withKey(
                    challenge: challenge.id, answer: try key.sign(challenge.message.clientPayload), services.origin)
            }
            #expect(code == .loginFailed)
        }
    }

    @Test func `a user or key that does not exist gets a challenge like any other`() async throws {
        try await Services.with { services in
            try await services.add("alice", password: nil)
            let (key, record) = try await services.addKey("alice")
            let real = try await services.challenge("alice", record.fingerprint)
            for (name, fingerprint) in [
                ("nobody", record.fingerprint), ("alice", "SHA256:" + String(repeating: "A", count: 43)),
            ] {
                let challenge = try await services.challenge(name, fingerprint)
                #expect(challenge.id.count == real.id.count)
                #expect(challenge.encryptedSecret == nil)
                let code = await services.refusal {
                    _ = try await services.identity.login.withKey(
                        challenge: challenge.id, answer: try key.sign(challenge.message.clientPayload),
                        services.origin)
                }
                #expect(code == .loginFailed)
            }
        }
    }

    @Test func `an RSA challenge does not tell whether the key is known`() async throws {
        try await Services.with { services in
            try await services.add("alice", password: nil)
            let key = try RSAPrivateKey.generate(bits: 3072)
            let publicKey = try UserKey(text: try key.publicKey().key.pem())
            _ = try await services.identity.keys.add(publicKey, label: "rsa", to: "alice", services.context)
            for name in ["alice", "nobody"] {
                let challenge = try await services.identity.login.challenge(
                    user: name, fingerprint: publicKey.fingerprint, type: .rsa, publicKey: publicKey,
                    clientNonce: SecureRandom.bytes(32), services.origin)
                let encrypted = try #require(challenge.encryptedSecret)
                #expect(encrypted.count == 384)
                // A number above the key's, or one that decrypts to nothing, would tell.
                let secret = try key.decrypt(encrypted, oaep: .sha256)
                let answer = MessageAuthentication.code(for: Array(challenge.message.text.utf8), key: secret)
                let code = await services.refusal {
                    _ = try await services.identity.login.withKey(
                        challenge: challenge.id, answer: answer, services.origin)
                }
                #expect(code == (name == "alice" ? nil : .loginFailed))
            }
        }
    }

    @Test func `an RSA challenge needs the key that it names`() async throws {
        try await Services.with { services in
            try await services.add("alice", password: nil)
            let (ed25519, record) = try await services.addKey("alice")
            let other = try UserKey(text: try ed25519.publicKey().openSSH())
            let rsa = try UserKey(text: try RSAPrivateKey.generate(bits: 3072).publicKey().key.pem())
            for sent in [nil, other, rsa] {
                let code = await services.refusal {
                    _ = try await services.identity.login.challenge(
                        user: "alice", fingerprint: record.fingerprint, type: .rsa, publicKey: sent,
                        clientNonce: SecureRandom.bytes(32), services.origin)
                }
                #expect(code == .invalid)
            }
        }
    }

    @Test func `somebody else's public key takes nothing away and gives nothing`() async throws {
        try await Services.with { services in
            for name in ["alice", "mallory"] { try await services.add(name, password: nil) }
            let (key, alices) = try await services.addKey("alice")
            let line = try key.publicKey().openSSH()
            let copy = try await services.identity.keys.add(
                try UserKey(text: line), label: "stolen", to: "mallory", services.context
            ).record
            #expect(copy.id != alices.id)
            try await services.identity.keys.remove(copy.id, of: copy.userID, services.context)
            _ = try await services.token("alice", key, alices.fingerprint)
            let again = try await services.identity.keys.add(
                try UserKey(text: line), label: "again", to: "alice", services.context)
            #expect(again.record == (try await services.identity.keys.list(of: "alice").first) && !again.isNew)
            let code = await services.refusal {
                try await services.identity.keys.remove(alices.id, of: copy.userID, services.context)
            }
            #expect(code == .notFound)
        }
    }

    @Test func `a key that is switched off or removed ends its sessions at once`() async throws {
        try await Services.with { services in
            try await services.add("alice")
            let (key, record) = try await services.addKey("alice")
            let keys = services.identity.keys
            let password = try await services.token("alice")
            var token = try await services.token("alice", key, record.fingerprint)
            #expect(try await services.caller(token) == "alice")
            _ = try await keys.change(record.id, of: record.userID, isActive: false, services.context)
            #expect(try await services.caller(token) == nil)
            #expect(
                await services.refusal { _ = try await services.token("alice", key, record.fingerprint) }
                    == .loginFailed)
            _ = try await keys.change(record.id, of: record.userID, isActive: true, services.context)
            #expect(try await services.caller(token) == nil)
            token = try await services.token("alice", key, record.fingerprint)
            #expect(try await services.caller(token) == "alice")
            try await keys.remove(record.id, of: record.userID, services.context)
            #expect(try await services.caller(token) == nil)
            #expect(try await services.caller(password) == "alice")
        }
    }

    @Test func `a key that is switched off between challenge and answer does not sign in`() async throws {
        try await Services.with { services in
            try await services.add("alice", password: nil)
            let (key, record) = try await services.addKey("alice")
            let challenge = try await services.challenge("alice", record.fingerprint)
            _ = try await services.identity.keys.change(record.id, of: nil, isActive: false, services.context)
            let code = await services.refusal {
                _ = try await services.identity.login.withKey(
                    challenge: challenge.id, answer: try key.sign(challenge.message.clientPayload), services.origin)
            }
            #expect(code == .loginFailed)
        }
    }

    @Test func `wrong answers from an address are slowed down, and keep no right one out`() async throws {
        try await Services.with { services in
            try await services.add("alice", password: nil)
            let (key, record) = try await services.addKey("alice")
            var codes: [IdentityError.Code?] = []
            for _ in 0..<40 {
                codes.append(
                    await services.refusal {
                        _ = try await services.identity.login.withKey(
                            challenge: "AAAA", answer: [1], services.origin)
                    })
            }
            #expect(codes.first == .loginFailed && codes.last == .tooMany)
            _ = try await services.token("alice", key, record.fingerprint)
        }
    }

    @Test func `challenges are bounded, and one address cannot displace those of others`() async throws {
        try await Services.with { services in
            try await services.add("alice", password: nil)
            let (key, record) = try await services.addKey("alice")
            let mine = try await services.challenge("alice", record.fingerprint)
            for _ in 0..<300 {
                _ = try await services.identity.login.challenge(
                    user: "alice", fingerprint: record.fingerprint, type: .ed25519,
                    clientNonce: SecureRandom.bytes(32), LoginOrigin(address: "203.0.113.9"))
            }
            #expect(services.identity.login.challenges.count == Challenges.perAddressMax + 1)
            _ = try await services.identity.login.withKey(
                challenge: mine.id, answer: try key.sign(mine.message.clientPayload), services.origin)
        }
    }

    @Test func `the number of keys is bounded`() async throws {
        try await Services.with { services in
            try await services.add("alice", password: nil)
            for _ in 0..<Keys.perUserMax { _ = try await services.addKey("alice") }
            #expect(await services.refusal { _ = try await services.addKey("alice") } == .limit)
        }
    }
}
