import Foundation
import GantryHTTP
import GantryJSON
import Testing

@Suite struct HTTPPageTests {
    static let page = DocsPage(path: "docs/http-api.md")

    /// What a handler sees whose client has gone; nobody receives it.
    static let unseen: Set<String> = ["client-gone"]

    @Test func `the routes are those of the OpenAPI document`() throws {
        let document = try JSONValue.parse(RunningServer().get("/api/v1/openapi.json"))
        var table = DocsTable("route", "for", "what it answers")
        for (path, methods) in try #require(document["paths"]?.object) {
            for (method, operation) in try #require(methods.object) {
                let access = operation["security"]?.array?.isEmpty == true ? "everybody" : "signed-in users"
                table.add("`\(method.uppercased()) \(path)`", access, operation["summary"]?.string ?? "")
            }
        }
        try Self.page.expect("routes", toBe: table.text)
    }

    @Test func `the problem types are those of the sources`() throws {
        let known = try Self.sources().subtracting(Self.unseen)
        let rows = try Self.page.table(below: "## Problem types")
        #expect(known.count > 25)
        #expect(Set(rows.map { $0[0] }).symmetricDifference(known) == [])
        #expect(rows.count == Set(rows.map { $0[0] }).count, "a type stands there twice")
    }

    @Test func `the statuses of malformed requests are those of the parser`() throws {
        let listed = try Dictionary(
            Self.page.table(below: "## Problem types").map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
        for code in HTTPParseError.Code.allCases {
            #expect(listed[code.rawValue] == "\(HTTPParseError(code, "").status.code)", "\(code.rawValue)")
        }
    }

    /// All problem types that the sources make: by the initialiser, by the shorthands, and by the parser.
    private static func sources() throws -> Set<String> {
        let patterns = [
            #/Problem\(\s*"([a-z][a-z-]*)"/#, #/badRequest\(\s*"([a-z][a-z-]*)"/#,
            #/notFound\([^)]*code: (?:String = )?"([a-z][a-z-]*)"/#,
        ]
        var found = Set(HTTPParseError.Code.allCases.map(\.rawValue))
        let identity = try String(contentsOfFile: Project.root + "/Core/Identity/IdentityError.swift", encoding: .utf8)
        found.formUnion(identity.matches(of: #/= Code\(rawValue: "([a-z-]+)"\)/#).map { String($0.1) })
        for folder in ["Core", "Plugins"] {
            guard let files = FileManager.default.enumerator(atPath: Project.root + "/" + folder) else { continue }
            for case let file as String in files where file.hasSuffix(".swift") {
                let text = try String(contentsOfFile: "\(Project.root)/\(folder)/\(file)", encoding: .utf8)
                for pattern in patterns { found.formUnion(text.matches(of: pattern).map { String($0.1) }) }
            }
        }
        return found
    }
}
