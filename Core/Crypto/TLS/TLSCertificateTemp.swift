import COpenSSL
extension Certificate {
    var subject: String { unsafe withPointer { unsafe tmpName(X509_get_subject_name($0)) } }
    var issuer: String { unsafe withPointer { unsafe tmpName(X509_get_issuer_name($0)) } }
    var dnsNames: [String] { [] }
    var ipAddresses: [String] { [] }
    var fingerprint: [UInt8] { (try? der()).map { Digest.sha256($0) } ?? [] }
}
private func tmpName(_ n: OpaquePointer?) -> String {
    guard let c = unsafe X509_NAME_oneline(n, nil, 0) else { return "?" }
    return unsafe String(cString: c)
}
enum Digest {
    static func sha256(_ b: [UInt8]) -> [UInt8] {
        var o = [UInt8](repeating: 0, count: 32)
        unsafe SHA256(b, b.count, &o)
        return o
    }
}
enum SecureRandom {
    static func bytes(_ n: Int) -> [UInt8] {
        var o = [UInt8](repeating: 0, count: n)
        unsafe RAND_bytes(&o, CInt(n))
        return o
    }
}
extension PrivateKey {
    convenience init(pem: String) throws(CryptoError) {
        let bio = unsafe BIO_new_mem_buf(pem, CInt(pem.utf8.count))
        defer { unsafe BIO_free(bio) }
        guard let key = unsafe PEM_read_bio_PrivateKey(bio, nil, nil, nil) else { throw .openSSL(.malformed, "key") }
        try unsafe self.init(adopting: key)
    }
}
