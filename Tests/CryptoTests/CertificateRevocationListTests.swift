import GantryBytes
import GantryCrypto
import Testing

@Suite struct CertificateRevocationListTests {
    @Test(arguments: CertificateSignerTests.KeyKind.allCases)
    func `revoked certificates are refused by openssl`(kind: CertificateSignerTests.KeyKind) throws {
        let authority = try TestAuthority(kind.make())
        let key = try PrivateKey.generateP256().publicKey()
        let good = try authority.signer.issue(.client(name: "good", validity: authority.validity()), for: key)
        let bad = try authority.signer.issue(.client(name: "bad", validity: authority.validity()), for: key)
        let list = try authority.signer.revocationList(
            of: [
                Revocation(serialNumber: bad.serialNumber, time: authority.now, reason: .keyCompromise),
                Revocation(serialNumber: "01", time: authority.now),
            ], number: 7, validity: authority.validity(days: 7))
        #expect(list.isRevoked(bad))
        #expect(!list.isRevoked(good))
        #expect(list.count == 2)
        let openssl = try OpenSSLCommand()
        try openssl.write("root.pem", authority.signer.certificate.pem())
        try openssl.write("list.pem", list.pem())
        try openssl.write("good.pem", good.pem())
        try openssl.write("bad.pem", bad.pem())
        let accepted = try openssl.run(
            "verify", "-x509_strict", "-crl_check", "-CRLfile", "@list.pem", "-CAfile", "@root.pem", "@good.pem")
        #expect(accepted.status == 0, "\(accepted.output)")
        let refused = try openssl.run(
            "verify", "-x509_strict", "-crl_check", "-CRLfile", "@list.pem", "-CAfile", "@root.pem", "@bad.pem")
        #expect(refused.status != 0)
        #expect(refused.output.contains("certificate revoked"))
        let text = try openssl.run("crl", "-in", "@list.pem", "-noout", "-text").output
        #expect(text.contains("Key Compromise"))
        #expect(text.contains("X509v3 CRL Number"))
    }

    @Test func `a list comes back`() throws {
        let authority = try TestAuthority()
        let validity = authority.validity(days: 7)
        let made = try authority.signer.revocationList(of: [], number: .max, validity: validity)
        let list = try CertificateRevocationList(pem: made.pem())
        #expect(list.count == 0)
        #expect(list.isIssued(by: authority.signer.certificate))
        #expect(try !list.isIssued(by: TestAuthority().signer.certificate))
        #expect(try list.validity().until.seconds == validity.until.seconds)
        #expect(try list.der() == made.der())
    }

    @Test(arguments: ["", "0", "xx", "-01", String(repeating: "11", count: 21)])
    func `serial numbers that are none are refused`(serial: String) throws {
        let authority = try TestAuthority()
        expectError(.invalidArgument) {
            _ = try authority.signer.revocationList(
                of: [Revocation(serialNumber: serial, time: authority.now)], number: 1,
                validity: authority.validity())
        }
    }

    @Test func `other blocks are refused`() throws {
        expectError(.malformed) {
            _ = try CertificateRevocationList(pem: TestAuthority().signer.certificate.pem())
        }
    }
}
