import GantryBytes
import GantryCrypto
import GantryIdentity
import GantryJSON

extension GantryClient {
    /// Has the server prove its key. `pinned` is the key that it had before; another one is refused.
    ///
    /// This comes before everything secret.
    package func proveServer(pinned: String?) async throws(ClientError) -> ServerIdentity {
        let nonce = SecureRandom.bytes(LoginMessage.nonceBytes)
        let body: JSONValue = ["client_nonce": .string(Base64.encode(nonce, alphabet: .url, padded: false))]
        let reply = try await send("POST", "/api/v1/login/server", body, token: nil)
        let (identity, _) = try ServerIdentity.proven(reply, .server, user: "-", key: "-", clientNonce: nonce)
        if let pinned, pinned != identity.line { throw changed(pinned, identity) }
        return identity
    }

    /// Signs in with a key.
    package func signIn(
        _ user: String, with key: LoginKey, label: String?, at server: ServerIdentity
    ) async throws(ClientError) -> SessionReply {
        try requirePrivacy()
        let nonce = SecureRandom.bytes(LoginMessage.nonceBytes)
        var asked: JSONObject = [
            "user": .string(user), "key": .string(key.fingerprint), "key_type": .string(key.type),
            "client_nonce": .string(Base64.encode(nonce, alphabet: .url, padded: false)),
        ]
        // The server encrypts for it, and does not have to look whether it knows it.
        if key.type == "rsa" { asked["public_key"] = .string(key.publicText) }
        let challenge = try await send("POST", "/api/v1/login/challenge", .object(asked), token: nil)
        let (identity, message) = try ServerIdentity.proven(
            challenge, .login, user: user, key: key.fingerprint, clientNonce: nonce)
        guard identity == server else { throw changed(server.line, identity) }
        guard let id = challenge?["challenge"]?.string else { throw notLogin() }
        let answer = try key.answer(
            message, encryptedSecret: challenge?["encrypted_secret"]?.string.flatMap { Base64.decode($0) })
        var object: JSONObject = ["challenge": .string(id), "answer": .string(Base64.encode(answer))]
        if let label { object["label"] = .string(label) }
        return try session(try await send("POST", "/api/v1/login/key", .object(object), token: nil))
    }

    /// Signs in with a password; a one-time password needs a new one beside it.
    package func signIn(
        _ user: String, password: String, newPassword: String? = nil, label: String?
    ) async throws(ClientError) -> SessionReply {
        try requirePrivacy()
        var object: JSONObject = ["user": .string(user), "password": .string(password)]
        if let newPassword { object["new_password"] = .string(newPassword) }
        if let label { object["label"] = .string(label) }
        return try session(try await send("POST", "/api/v1/login/password", .object(object), token: nil))
    }

    /// Makes the public half of a key one of the user's, unless it is one already; false when it is switched off.
    package func register(_ key: LoginKey, label: String, token: String) async throws(ClientError) -> Bool {
        let body: JSONValue = ["key": .string(key.publicText), "label": .string(label)]
        return try await send("POST", "/api/v1/keys", body, token: token)?["active"]?.bool ?? true
    }

    /// Ends the session of a token.
    package func endSession(of token: String) async throws(ClientError) {
        try await send("POST", "/api/v1/logout", nil, token: token)
    }

    private func session(_ document: JSONValue?) throws(ClientError) -> SessionReply {
        guard let reply = SessionReply(document) else { throw notLogin() }
        return reply
    }

    private func notLogin() -> ClientError {
        ClientError(.unexpectedReply, "\(options.server) does not answer a login as a Gantry server does")
    }

    private func changed(_ pinned: String, _ identity: ServerIdentity) -> ClientError {
        let old = ServerIdentity.fingerprint(ofLine: pinned) ?? "an unreadable key"
        return ClientError(
            .serverKey,
            "the key of the server at \(options.server) has changed: it was \(old), and is now \(identity.fingerprint)",
            hint: "somebody may be in the server's place; if it was set up anew, "
                + "`gantry login --forget-server-key` forgets the old key")
    }
}
