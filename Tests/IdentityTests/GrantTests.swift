import TestSupport
import Testing

@testable import GantryIdentity

@Suite struct GrantTests {
    @Test(arguments: [
        "admin", "procedure:upper", "procedure:upper:run", "procedure:*", "procedure:up*", "service:*:register",
        "service:db:use-once", "assembly:alice/*", "assembly:alice/tools", "assembly:Mary Ann/x",
        "host:build-1.example.org",
        "plugin:pinyto:manage", "scope:müller@example.org", "scope:山田", "host:a/b/c", "assembly:alice/v1.*",
    ])
    func `a grant is kept as it is written`(text: String) throws {
        let grant = try Grant(text)
        #expect(grant.description == text)
        #expect(try Grant(grant.description) == grant)
    }

    @Test func `a star as action is every action`() throws {
        #expect(try Grant("procedure:upper:*") == Grant("procedure:upper"))
        #expect(try Grant("procedure:*:*").description == "procedure:*")
    }

    static let kinds = "the kinds are admin, assembly, host, plugin, procedure, scope, service"
    static let form = "write kind:name[:action], or admin for everything"
    static let name =
        "cannot be named by a grant: letters, digits, inner spaces and ._@/+- are allowed, and one * at the end"
    static let path = "cannot be named by a grant: a path has no empty part, no . and no .."
    static let spaces = "cannot be named by a grant: single spaces inside are allowed only"
    static let action = "is no action: lower-case letters, with - between them, are allowed"

    @Test(arguments: [
        ("", "there are no grants of the kind \"\": \(form)"),
        ("*", "there are no grants of the kind \"*\": write admin for everything"),
        ("*:*", "there are no grants of the kind \"*\": write admin for everything"),
        ("Admin", "there are no grants of the kind \"Admin\": did you mean admin?"),
        ("proceduer:x", "there are no grants of the kind \"proceduer\": did you mean procedure?"),
        ("Procedure:x", "there are no grants of the kind \"Procedure\": did you mean procedure?"),
        ("quux:x", "there are no grants of the kind \"quux\": \(kinds)"),
        ("a\u{202E}b\n:x", "there are no grants of the kind \"a\\u{202e}b\\n\": \(kinds)"),
        ("admin:x", "\"admin:x\" is no grant: \(form)"), ("admin:", "\"admin:\" is no grant: \(form)"),
        ("procedure", "\"procedure\" is no grant: \(form)"), ("procedure:", "\"\" \(name)"),
        ("procedure::run", "\"\" \(name)"), ("procedure:a*b", "\"a*b\" \(name)"), ("procedure:**", "\"**\" \(name)"),
        ("procedure:a\u{200B}b", "\"a\\u{200b}b\" \(name)"), ("procedure:a\u{3164}", "\"a\\u{3164}\" \(name)"),
        ("procedure:e\u{301}", "\"e\\u{301}\" \(name)"), ("procedure:ｕp", "\"ｕp\" \(name)"),
        ("procedure:a\0", "\"a\\u{0}\" \(name)"), ("procedure:a*\u{301}", "\"a*\\u{301}\" \(name)"),
        ("assembly:alice/../bob", "\"alice/../bob\" \(path)"), ("assembly:../*", "\"../*\" \(path)"),
        ("assembly:/etc", "\"/etc\" \(path)"), ("assembly:alice/", "\"alice/\" \(path)"),
        ("assembly:.", "\".\" \(path)"),
        ("assembly:a//b", "\"a//b\" \(path)"), ("scope: a", "\" a\" \(spaces)"), ("scope:a ", "\"a \" \(spaces)"),
        ("scope:a  b", "\"a  b\" \(spaces)"), ("procedure:x:", "\"\" \(action)"),
        ("procedure:x:Run", "\"Run\" \(action)"),
        ("procedure:x:run:y", "\"run:y\" \(action)"), ("procedure:x:ru*", "\"ru*\" \(action)"),
        ("procedure:x:-", "\"-\" \(action)"), ("procedure:x:a-", "\"a-\" \(action)"),
        ("procedure:x:a b", "\"a b\" \(action)"),
    ])
    func `another text is refused with its reason`(text: String, message: String) {
        let error = #expect(throws: IdentityError.self) { try Grant(text) }
        #expect(error?.code == .invalid)
        #expect(error?.message == message)
    }

    @Test func `long text is not shown whole`() {
        let huge = #expect(throws: IdentityError.self) {
            try Grant("procedure:" + String(repeating: "a", count: 1_000_000))
        }
        #expect(huge?.message == "a grant has at most 200 bytes")
        let long = #expect(throws: IdentityError.self) { try Grant(String(repeating: "\u{1}", count: 200)) }
        #expect((long?.message.utf8.count ?? .max) < 600)
    }

    @Test(arguments: [
        ("admin", "admin", true), ("admin", "procedure:upper:run", true), ("admin", "service:*", true),
        ("procedure:*", "admin", false), ("procedure:upper", "procedure:upper", true),
        ("procedure:upper", "procedure:upper:run", true), ("procedure:upper:run", "procedure:upper", false),
        ("procedure:upper:run", "procedure:upper:run", true), ("procedure:upper:run", "procedure:upper:stop", false),
        ("procedure:upper", "procedure:upper2", false), ("procedure:upper", "procedure:Upper", false),
        ("procedure:upper", "assembly:upper", false), ("procedure:*", "procedure:upper:run", true),
        ("procedure:*", "procedure:*", true), ("procedure:*:run", "procedure:upper:run", true),
        ("procedure:*:run", "procedure:upper", false), ("procedure:*:run", "procedure:*", false),
        ("service:*:register", "service:db:register", true), ("service:*:register", "service:db:use", false),
        ("service:*:register", "service:*:register", true), ("service:db", "service:*", false),
        ("service:d*", "service:db", true), ("service:d*", "service:d", true), ("service:d*", "service:c", false),
        ("service:d*", "service:*", false), ("service:d*", "service:db*", true), ("service:db*", "service:d*", false),
        ("assembly:alice/*", "assembly:alice/tools", true), ("assembly:alice/*", "assembly:alice/a/b", true),
        ("assembly:alice/*", "assembly:alice", false), ("assembly:alice/*", "assembly:alice2/tools", false),
        ("assembly:alice", "assembly:alice/tools", false), ("scope:Müller", "scope:Müller", true),
    ])
    func `what a grant covers`(held: String, wanted: String, covers: Bool) throws {
        #expect(try Grant(held).covers(Grant(wanted)) == covers)
    }

    @Test func `covering is reflexive and transitive, and only equals cover each other`() throws {
        let names = ["*", "a*", "a", "ab", "ab*", "b", "a/*", "a/b"]
        let tails = ["", ":run", ":stop"]
        let texts = ["procedure", "service"].flatMap { kind in
            names.flatMap { name in tails.map { "\(kind):\(name)\($0)" } }
        }
        let grants = try (["admin"] + texts).map(Grant.init)
        for one in grants {
            #expect(one.covers(one))
            for two in grants where one.covers(two) {
                #expect(one == two || !two.covers(one))
                for three in grants where two.covers(three) { #expect(one.covers(three), "\(one) \(two) \(three)") }
            }
        }
    }

    @Test func `what is covered stays covered by a wider grant`() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<2_000 {
            let name = String(
                (0..<Int.random(in: 1...6, using: &random)).compactMap { _ in "ab/.-".randomElement(using: &random) })
            // Random names are not all paths.
            guard let wanted = try? Grant("procedure:\(name):run") else { continue }
            for length in 0...name.count {
                let text = "procedure:\(name.prefix(length))*"
                // "a/../" is no path, so "a/..*" may be none either.
                guard let held = try? Grant(text) else { continue }
                #expect(held.covers(wanted), "\(text) \(wanted)")
            }
        }
    }

    @Test func `random texts are refused or read back the same`() throws {
        var random = SeededRandom(seed: 4)
        let pieces = [
            "admin", "procedure", "scope", ":", "*", "a", "-", "/", "..", " ", "é", "\u{200B}", "\u{301}", "\u{0}",
            "run",
        ]
        var read = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
                pieces.randomElement(using: &random)
            }.joined()
            // Most random texts are no grants.
            guard let grant = try? Grant(text) else { continue }
            read += 1
            #expect(try Grant(grant.description) == grant)
            #expect(grant.covers(grant) && Grant.admin.covers(grant))
        }
        #expect(read > 100)
    }
}
