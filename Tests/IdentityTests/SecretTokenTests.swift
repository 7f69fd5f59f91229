import GantryBytes
import Testing

@testable import GantryIdentity

@Suite struct SecretTokenTests {
    @Test(arguments: SecretToken.Kind.allCases) func `a token has the form of its kind`(kind: SecretToken.Kind) throws {
        let token = SecretToken.make(kind)
        #expect(token.utf8.count == 47)
        #expect(SecretToken.kind(of: token) == kind)
        let bytes = Base64.decode(String(token.dropFirst(4)), alphabet: .url, padding: .lenient)
        #expect(bytes?.count == 32)
    }

    @Test func `prefixes differ and are never those of another kind`() {
        let prefixes = SecretToken.Kind.allCases.map(\.prefix)
        #expect(prefixes == ["gts_", "gta_", "gtr_"])
        #expect(Set(prefixes).count == prefixes.count)
    }

    @Test func `no two tokens are the same`() {
        #expect(Set((0..<1_000).map { _ in SecretToken.make(.api) }).count == 1_000)
    }

    static let body = String(repeating: "A", count: 43)

    @Test(arguments: [
        "", "gts_", "gts", body, "gtx_\(body)", "GTS_\(body)", "gts-\(body)", "gts_\(body)A", "gts_\(body.dropLast())",
        " gts_\(body)", "gts_\(body)\n", "gts_\(body.dropLast())=", "gts_\(body.dropLast())+",
        "gts_\(body.dropLast())/",
        "gts_\(body.dropLast())é", "gts_\(body.dropLast())\u{301}", "gts_gts_\(body.dropLast(4)) ",
        String(repeating: "gts_", count: 100_000),
    ])
    func `another text is no token`(text: String) {
        #expect(SecretToken.kind(of: text) == nil)
    }

    @Test func `the hash is the SHA-256 of the whole text`() {
        // printf 'gts_abc' | sha256sum
        #expect(
            Hex.encode(SecretToken.hash("gts_abc"))
                == "7bfd55eccfc91a807a4a9cdb3e9c6e3169f1e2482cb435dc02557332a43c7a8a")
        #expect(SecretToken.hash("gts_abc") != SecretToken.hash("gta_abc"))
    }

    @Test func `a one-time password is five groups that can be read aloud`() {
        for _ in 0..<200 {
            let password = SecretToken.oneTimePassword()
            let groups = password.split(separator: "-")
            #expect(groups.count == 5 && groups.allSatisfy { $0.count == 5 })
            #expect(password.allSatisfy { !"0oO1lIiuU".contains($0) })
        }
    }

    @Test func `a one-time password has 120 random bits`() {
        let alphabet = SecretToken.passwordAlphabet
        #expect(Set(alphabet).count == alphabet.count)
        // 28 characters would give 120.2 bits for 25 of them.
        #expect(alphabet.count >= 28)
        let passwords = (0..<400).map { _ in SecretToken.oneTimePassword() }
        #expect(Set(passwords).count == 400)
        // Each character of the alphabet comes up at each place, as far as 400 tries tell.
        for place in [0, 4, 28] { #expect(Set(passwords.map { Array($0)[place] }).count > alphabet.count - 3) }
    }
}
