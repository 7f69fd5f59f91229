import GantryBytes
import GantryCrypto
import Testing

@Suite struct Ed25519PublicKeyOpenSSHTests {
    @Test func `a line comes back`() throws {
        let key = try Ed25519PrivateKey.generate().publicKey()
        let line = try key.openSSH(comment: "alice on her laptop")
        #expect(line.hasPrefix("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"))
        #expect(line.hasSuffix(" alice on her laptop"))
        #expect(try Ed25519PublicKey(openSSH: line).raw() == key.raw())
        #expect(try Ed25519PublicKey(openSSH: key.openSSH() + "\r\n").raw() == key.raw())
    }

    // The key of RFC 8032's first vector, framed as RFC 8709 says.
    @Test func `the line is the known one`() throws {
        let key = try Ed25519PublicKey(raw: hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))
        #expect(
            try key.openSSH()
                == "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea")
    }

    @Test func `what is no such line is refused`() throws {
        let line = try Ed25519PrivateKey.generate().publicKey().openSSH()
        let base64 = String(line.split(separator: " ")[1])
        expectError(.malformed) { _ = try Ed25519PublicKey(openSSH: "") }
        expectError(.malformed) { _ = try Ed25519PublicKey(openSSH: "ssh-ed25519") }
        expectError(.malformed) { _ = try Ed25519PublicKey(openSSH: "ssh-ed25519 AAAA") }
        expectError(.malformed) { _ = try Ed25519PublicKey(openSSH: "ssh-ed25519 \(base64)AAAA") }
        expectError(.wrongKeyType) { _ = try Ed25519PublicKey(openSSH: "ssh-rsa \(base64)") }
        expectError(.tooLarge) {
            _ = try Ed25519PublicKey(openSSH: line + String(repeating: "x", count: Ed25519PublicKey.lineBytesMax))
        }
        for count in 0..<base64.count {
            expectError(.malformed) { _ = try Ed25519PublicKey(openSSH: "ssh-ed25519 \(base64.prefix(count))") }
        }
    }

    @Test func `a comment stays on its line`() throws {
        let key = try Ed25519PrivateKey.generate().publicKey()
        expectError(.invalidArgument) { _ = try key.openSSH(comment: "a\nssh-ed25519 AAAA") }
    }
}
