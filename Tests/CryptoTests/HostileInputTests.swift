import GantryBytes
import Testing

@testable import GantryCrypto

/// Bytes from anyone: an error or a value, never a crash, and nothing left in OpenSSL's queue.
@Suite struct HostileInputTests {
    /// Reads `der` as everything there is, and looks at whatever comes out.
    static func readAll(_ der: [UInt8]) {
        if let key = try? PrivateKey(der: der) { _ = try? key.pem() }
        if let key = try? PublicKey(subjectPublicKeyInfo: der) { _ = try? RSAPublicKey(key).modulus() }
        if let key = try? RSAPublicKey(der: der) { _ = key.isValid([1, 2, 3], for: [], .pkcs1(.sha256)) }
        if let certificate = try? Certificate(der: der) { look(at: certificate) }
        if let request = try? CertificateRequest(der: der) {
            _ = request.isSelfSigned
            _ = try? request.alternativeNames()
            _ = try? request.subject().description
            _ = try? request.publicKey()
        }
        if let list = try? CertificateRevocationList(der: der) {
            _ = (list.count, try? list.validity())
        }
    }

    static func look(at certificate: Certificate) {
        _ = try? certificate.subject().description
        _ = try? certificate.issuer()
        _ = try? certificate.validity()
        _ = try? certificate.alternativeNames()
        _ = try? certificate.publicKey()
        _ = (certificate.serialNumber, certificate.isAuthority, certificate.roles)
        _ = (certificate.subjectKeyIdentifier, certificate.authorityKeyIdentifier)
        _ = (certificate.isFor(host: "localhost"), certificate.isIssued(by: certificate))
        _ = try? certificate.fingerprint()
    }

    static func samples() throws -> [[UInt8]] {
        let authority = try TestAuthority()
        let key = try PrivateKey.generateP256()
        let leaf = try authority.signer.issue(
            .server(hosts: ["localhost", "::1"], validity: authority.validity()), for: key.publicKey())
        let request = try CertificateRequest(
            subject: DistinguishedName(commonName: "a"), alternativeNames: [.dns("a")], key: key)
        let list = try authority.signer.revocationList(
            of: [Revocation(serialNumber: leaf.serialNumber, time: authority.now, reason: .superseded)], number: 1,
            validity: authority.validity())
        let rsa = try SharedKeys.first.get()
        return try [
            leaf.der(), request.der(), list.der(), key.pkcs8(), key.publicKey().subjectPublicKeyInfo(),
            rsa.publicKey().pkcs1(), rsa.publicKey().key.subjectPublicKeyInfo(),
        ]
    }

    @Test func `DER cut at each byte is an error`() throws {
        for der in try Self.samples() {
            for count in 0..<der.count {
                let cut = Array(der[..<count])
                #expect(throws: CryptoError.self) { _ = try Certificate(der: cut) }
                #expect(throws: CryptoError.self) { _ = try CertificateRequest(der: cut) }
                #expect(throws: CryptoError.self) { _ = try CertificateRevocationList(der: cut) }
                #expect(throws: CryptoError.self) { _ = try PublicKey(subjectPublicKeyInfo: cut) }
                #expect(throws: CryptoError.self) { _ = try RSAPublicKey(der: cut) }
                #expect(throws: CryptoError.self) { _ = try PrivateKey(der: cut) }
            }
            #expect(OpenSSLErrors.drain().isEmpty)
        }
    }

    @Test func `a byte too many is an error`() throws {
        let samples = try Self.samples().map { $0 + [0] }
        expectError(.malformed) { _ = try Certificate(der: samples[0]) }
        expectError(.malformed) { _ = try CertificateRequest(der: samples[1]) }
        expectError(.malformed) { _ = try CertificateRevocationList(der: samples[2]) }
        expectError(.malformed) { _ = try PrivateKey(der: samples[3]) }
        expectError(.malformed) { _ = try PublicKey(subjectPublicKeyInfo: samples[4]) }
        expectError(.malformed) { _ = try RSAPublicKey(der: samples[5]) }
    }

    @Test func `every changed byte is survived`() throws {
        for der in try Self.samples() {
            for index in der.indices {
                var changed = der
                changed[index] ^= 1 << UInt8(index % 8)
                Self.readAll(changed)
                #expect(OpenSSLErrors.drain().isEmpty)
            }
        }
    }

    @Test func `random bytes are survived`() {
        for round in 0..<1000 {
            var bytes = SecureRandom.bytes(round % 200)
            // Half of them begin as DER does, to get further.
            if round.isMultiple(of: 2), bytes.count > 2 {
                bytes[0] = 0x30
                bytes[1] = UInt8(min(bytes.count - 2, 127))
            }
            Self.readAll(bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(throws: CryptoError.self) { _ = try PEM.blocks(text) }
            #expect(throws: CryptoError.self) { _ = try Ed25519PublicKey(openSSH: text) }
            #expect(OpenSSLErrors.drain().isEmpty)
        }
    }

    @Test func `PEM cut at each byte is an error`() throws {
        let pem = try TestAuthority().signer.certificate.pem()
        let whole = pem.utf8.count - 1
        for count in 0..<whole {
            #expect(throws: CryptoError.self) { _ = try Certificate(pem: String(pem.prefix(count))) }
        }
        #expect(try Certificate(pem: String(pem.prefix(whole))).isAuthority)
        #expect(OpenSSLErrors.drain().isEmpty)
    }
}
