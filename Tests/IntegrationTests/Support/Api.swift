import Foundation
import GantryJSON
import Testing

/// The HTTP interface of a server as one signed-in user sees it.
struct Api: Sendable {
    static let password = "correct horse battery"

    let server: ServerUnderTest
    var token: String?

    /// A reply with its document.
    struct Answer: Sendable {
        let status: Int
        let fields: [String: String]
        let document: JSONObject

        /// The kind of problem, without the prefix that all have.
        var problem: String? {
            document["type"]?.string.map { String($0.split(separator: ":").last ?? "") }
        }
        var detail: String { document["detail"]?.string ?? "" }
        func text(_ key: String) throws -> String { try #require(document[key]?.string) }
    }

    /// The administrator of a new server, signed in with a password of its own.
    static func administrator(of server: ServerUnderTest) async throws -> Api {
        let oneTime = try await server.oneTimePassword()
        return try await Api(server: server).signedIn(
            "admin", oneTime, new: "the administrator's password")
    }

    /// The same server, nobody signed in.
    var anonymous: Api { Api(server: server) }

    func signedIn(_ user: String, _ password: String = Api.password, new: String? = nil) async throws -> Api {
        var body: JSONObject = ["user": .string(user), "password": .string(password)]
        if let new { body["new_password"] = .string(new) }
        let answer = try await anonymous.call("POST", "login/password", body)
        try #require(answer.status == 200, "\(answer.status) \(answer.detail)")
        return Api(server: server, token: try answer.text("token"))
    }

    /// Makes a user with a password; gives that user, signed in.
    func adding(_ name: String, grants: [String] = []) async throws -> Api {
        let answer = try await call(
            "POST", "users",
            ["name": .string(name), "password": .string(Api.password), "grants": .array(grants.map { .string($0) })])
        try #require(answer.status == 201, "\(answer.status) \(answer.detail)")
        return try await signedIn(name)
    }

    @discardableResult
    func call(
        _ method: String, _ path: String, _ body: JSONObject? = nil, fields: [String: String] = [:]
    ) async throws -> Answer {
        var head = "\(method) /api/v1/\(path) HTTP/1.1\r\nHost: localhost\r\n"
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        let content = body.map { JSONValue.object($0).encoded() } ?? []
        if body != nil { head += "Content-Type: application/json\r\n" }
        head += "Content-Length: \(content.count)\r\n\r\n"
        let wire = try await server.connect()
        try await wire.send(Array(head.utf8) + content)
        let reply = try await wire.reply()
        await wire.close()
        let document = reply.body.isEmpty ? [:] : try JSONValue.parse(reply.body.span).object ?? [:]
        return Answer(status: reply.status, fields: reply.fields, document: document)
    }
}

extension ServerUnderTest {
    /// What the first start told on standard error.
    func oneTimePassword() async throws -> String {
        try await child.errors.first("the one-time password") { log in
            log.firstMatch(of: #/one-time password: (\S+)/#).map { String($0.1) }
        }
    }
}
