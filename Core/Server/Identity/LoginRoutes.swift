import GantryBytes
import GantryHTTP
import GantryIdentity
import GantryJSON

/// Signing in. The protocol with keys is described in docs/architecture/identity.md.
struct LoginRoutes: Sendable {
    let login: Login

    /// A client's nonce, and the server's.
    static let nonceBytes = 32
    /// The longest signature that is read.
    static let answerBytesMax = 1024

    var all: [Route] { [server, password, challenge, key] }

    private var server: Route {
        IdentityRoutes.route(
            .post, "login/server", .anonymous, "proveServer",
            "Signs a client's nonce with the server's key, before the client says anything.",
            request: IdentityRoutes.schema(["client_nonce": IdentityRoutes.text])
        ) { request in
            var fields = try await JSONFields(request)
            let nonce = try Self.nonce(&fields)
            try fields.refuseOthers()
            let proof = try login.serverProof(clientNonce: nonce)
            return .json([
                "server_key": .string(proof.serverKey), "message": .string(proof.message.text),
                "signature": .string(Base64.encode(proof.signature)),
            ])
        }
    }

    private var password: Route {
        IdentityRoutes.route(
            .post, "login/password", .anonymous, "loginWithPassword", "Starts a session with a password.",
            request: IdentityRoutes.schema(
                ["user": IdentityRoutes.text, "password": IdentityRoutes.text],
                optional: ["new_password": IdentityRoutes.text, "label": IdentityRoutes.text]),
            replies: [200: ["type": "object"], 401: nil, 403: nil, 429: nil]
        ) { request in
            var fields = try await JSONFields(request)
            let (user, password) = (try fields.text("user"), try fields.text("password"))
            let next = try fields.optionalText("new_password")
            var origin = request.loginOrigin
            origin.label = try fields.optionalText("label") ?? ""
            try fields.refuseOthers()
            let signIn = try await login.withPassword(user: user, password: password, newPassword: next, origin)
            return Self.reply(.object(IdentityDocuments.signIn(signIn)))
        }
    }

    private var challenge: Route {
        IdentityRoutes.route(
            .post, "login/challenge", .anonymous, "challengeLogin", "Asks for a proof that the client has a key.",
            request: IdentityRoutes.schema(
                [
                    "user": IdentityRoutes.text, "key": IdentityRoutes.text,
                    "key_type": ["enum": ["ed25519", "rsa"]], "client_nonce": IdentityRoutes.text,
                ],
                optional: [
                    "public_key": ["type": "string", "description": "The RSA key itself, OpenSSH or PEM."]
                ])
        ) { request in
            var fields = try await JSONFields(request)
            let (user, key) = (try fields.text("user"), try fields.text("key"))
            guard let type = Login.KeyType(rawValue: try fields.text("key_type")) else {
                throw JSONFields.fault("key_type", "must be ed25519 or rsa")
            }
            let nonce = try Self.nonce(&fields)
            let publicKey = try fields.optionalText("public_key").map { try UserKey(text: $0) }
            try fields.refuseOthers()
            let challenge = try await login.challenge(
                user: user, fingerprint: key, type: type, publicKey: publicKey, clientNonce: nonce,
                request.loginOrigin)
            var reply: JSONObject = [
                "challenge": .string(challenge.id), "message": .string(challenge.message.text),
                "server_key": .string(challenge.serverKey),
                "signature": .string(Base64.encode(challenge.signature)),
                "expires_in_seconds": .integer(Login.challengeLifetime.components.seconds),
            ]
            if let secret = challenge.encryptedSecret { reply["encrypted_secret"] = .string(Base64.encode(secret)) }
            return Self.reply(.object(reply))
        }
    }

    private var key: Route {
        IdentityRoutes.route(
            .post, "login/key", .anonymous, "loginWithKey", "Starts a session with the answer to a challenge.",
            request: IdentityRoutes.schema(
                ["challenge": IdentityRoutes.text, "answer": IdentityRoutes.text],
                optional: ["label": IdentityRoutes.text]),
            replies: [200: ["type": "object"], 401: nil, 429: nil]
        ) { request in
            var fields = try await JSONFields(request)
            let challenge = try fields.text("challenge")
            let answer = try fields.base64("answer", countMax: Self.answerBytesMax)
            var origin = request.loginOrigin
            origin.label = try fields.optionalText("label") ?? ""
            try fields.refuseOthers()
            let signIn = try await login.withKey(challenge: challenge, answer: answer, origin)
            return Self.reply(.object(IdentityDocuments.signIn(signIn)))
        }
    }

    private static func nonce(_ fields: inout JSONFields) throws -> [UInt8] {
        let nonce = try fields.base64("client_nonce", countMax: nonceBytes)
        guard nonce.count == nonceBytes else {
            throw JSONFields.fault("client_nonce", "must be \(nonceBytes) random bytes as base 64")
        }
        return nonce
    }

    /// What nobody on the way may keep.
    static func reply(_ value: JSONValue, _ status: HTTPStatus = .ok) -> HTTPResponse {
        var response = HTTPResponse.json(value, status)
        response.headers["Cache-Control"] = "no-store"
        return response
    }
}
