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
