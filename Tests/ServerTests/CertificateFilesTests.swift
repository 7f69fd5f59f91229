import GantryCommandLine
import GantryCrypto
import GantryJSON
import Glibc
import TestSupport
import Testing

@testable import GantryServer

@Suite struct CertificateFilesTests {
    let place = ConfigurationText()

    @Test func `a key is made for its owner alone, with a request for it`() throws {
        let files = CertificateFiles(prefix: place.path("alice"))
        let request = try CertificateRequest(pem: files.makeKey(for: String(repeating: "a", count: 100)))
        #expect(request.isSelfSigned)
        let key = try PrivateKey(pem: CertificateFiles.read(files.key))
        #expect(key.algorithm == .p256)
        #expect(try key.publicKey().isSame(as: request.publicKey()))
        var status = stat()
        #expect(unsafe stat(files.key, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let again = try #require(throws: CommandError.self) { _ = try files.makeKey(for: "alice") }
        #expect(again.message == "\(files.key) exists already" && again.hint == "name other files with --output")
        #expect(again.exitCode == .cannotCreate)
        files.removeKey()
        #expect(!SystemText.exists(files.key))
    }

    @Test func `a certificate that is there is not lost`() throws {
        let files = CertificateFiles(prefix: place.path("*.example.org"))
        #expect(files.key.hasSuffix("/wildcard.example.org.key"))
        try files.keep(["certificate": "old"], replacing: false)
        #expect(throws: CommandError.self) { try files.makeKey(for: "alice") }
        #expect(!SystemText.exists(files.key))
        #expect(throws: CommandError.self) { try files.keep(["certificate": "new"], replacing: false) }
        #expect(try CertificateFiles.read(files.certificate) == "old")
        try files.keep(["certificate": "new"], replacing: true)
        #expect(try CertificateFiles.read(files.certificate) == "new")
        #expect(throws: CommandError.self) { try files.keep(["certificates": []], replacing: true) }
    }

    @Test func `a certificate is named by its fingerprint or its file`() throws {
        let root = try TestAuthority().root
        let path = place.path("root.pem")
        try CertificateFiles.write(root.pem(), to: path, replacing: false)
        let fingerprint = try CertificateFiles.fingerprint(root)
        #expect(try CertificateFiles.fingerprint(named: path) == fingerprint)
        for text in ["3f2a91c0", "3F:2A:91:C0", fingerprint] {
            #expect(try CertificateFiles.fingerprint(named: text) == text)
        }
        let unknown = try #require(throws: CommandError.self) { _ = try CertificateFiles.fingerprint(named: "3f2a") }
        #expect(unknown.message == #""3f2a" is neither a fingerprint nor a file"# && unknown.exitCode == .usage)
    }

    @Test func `a private key is not taken for a certificate`() throws {
        let pem = try PrivateKey.generateP256().pem()
        let error = try #require(throws: CommandError.self) {
            _ = try CertificateFiles.certificate(pem, of: "alice.key")
        }
        #expect(error.message == "alice.key holds a private key, which never leaves this machine")
        #expect(throws: CommandError.self) { _ = try CertificateFiles.certificate("nothing", of: "x") }
    }
}
