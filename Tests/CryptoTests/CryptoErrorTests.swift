import COpenSSL
import GantryCrypto
import Testing

@Suite struct CryptoErrorTests {
    /// Leaves two reasons in the queue.
    static func provoke() {
        for number in ["x509", "y"] { unsafe #expect(a2i_IPADDRESS(number) == nil) }
        unsafe #expect(OBJ_txt2obj("no such object", 1) == nil)
        unsafe #expect(OBJ_txt2obj("nor such", 1) == nil)
    }

    @Test func `takes the reasons with it`() {
        Self.provoke()
        let error = CryptoError.openSSL(.malformed, "the object is malformed")
        #expect(error.code == .malformed)
        #expect(!error.reasons.isEmpty)
        #expect(error.description.hasPrefix("the object is malformed: "))
        #expect(ERR_peek_error() == 0)
    }

    @Test func `our own findings empty the queue too`() {
        Self.provoke()
        let error = CryptoError(.keySize, "the key is short")
        #expect(error.reasons.isEmpty)
        #expect(error.description == "the key is short")
        #expect(ERR_peek_error() == 0)
    }

    @Test func `draining gives the oldest first and empties`() {
        Self.provoke()
        #expect(!OpenSSLErrors.drain().isEmpty)
        #expect(OpenSSLErrors.drain().isEmpty)
        Self.provoke()
        OpenSSLErrors.clear()
        #expect(OpenSSLErrors.drain().isEmpty)
    }

    @Test func `codes are an open set`() {
        #expect(CryptoError.Code("mine") == CryptoError.Code("mine"))
        #expect(CryptoError.Code("mine") != .malformed)
        #expect("\(CryptoError.Code.keySize)" == "key-size")
    }
}
