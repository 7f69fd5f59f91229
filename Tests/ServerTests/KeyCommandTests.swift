import Testing

@Suite(.timeLimit(.minutes(1))) struct KeyCommandTests {
    private static let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0v0x"

    private static func key(_ label: String, added: Bool) -> String {
        #"{"id":"k1","user":"alice","fingerprint":"SHA256:abc","label":"\#(label)","active":true,"added":\#(added)}"#
    }

    private static func add(_ words: [String], _ replies: AccountServer.Replies) async throws -> AccountServer.Ending {
        try await AccountServer.run(["key", "add", "-"] + words, replies, input: line + "\n")
    }

    @Test func `add says whether the key is new`() async throws {
        let new = try await Self.add([], ["POST /api/v1/keys": (201, Self.key("laptop", added: true))])
        #expect(new.status == 0 && new.output == "registered SHA256:abc\n")
        let old = try await Self.add([], ["POST /api/v1/keys": (200, Self.key("laptop", added: false))])
        #expect(old.status == 0 && old.output == "SHA256:abc is registered already\n" && old.requests.count == 1)
    }

    @Test func `add gives a key that is there already another label`() async throws {
        let replies: AccountServer.Replies = [
            "POST /api/v1/keys": (200, Self.key("laptop", added: false)),
            "PATCH /api/v1/keys/k1": (200, Self.key("desk", added: false)),
        ]
        let ending = try await Self.add(["--label", "desk"], replies)
        #expect(ending.status == 0)
        #expect(ending.output == "SHA256:abc is registered already: its label is desk now\n")
        #expect(ending.requests.last == #"PATCH /api/v1/keys/k1 {"label":"desk"}"#)
        let same = try await Self.add(["--label", "laptop"], replies)
        #expect(same.output == "SHA256:abc is registered already\n" && same.requests.count == 1)
        let json = try await Self.add(["--label", "desk", "--json"], replies)
        #expect(json.output == Self.key("desk", added: false) + "\n")
    }
}
