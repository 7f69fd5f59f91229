import COpenSSL

/// What TLS tells about certificates; a certificate that cannot be read gives less, never an error of its own.
extension Certificate {
    /// A certificate that OpenSSL goes on using: counts a reference of its own.
    convenience init?(sharing pointer: OpaquePointer) {
        guard unsafe X509_up_ref(pointer) == 1 else { return nil }
        unsafe self.init(adopting: pointer)
    }

    /// Who it is about, for messages.
    var subjectText: String { (try? subject().description) ?? "?" }
    /// Who made it, for messages.
    var issuerText: String { (try? issuer().description) ?? "?" }

    /// The host names it is for.
    var hostNames: [String] {
        ((try? alternativeNames()) ?? []).compactMap {
            if case .dns(let name) = $0 { name } else { nil }
        }
    }

    /// The host names and addresses it is for, or its subject when it has none.
    var hostsText: String {
        let hosts = ((try? alternativeNames()) ?? []).compactMap {
            switch $0 {
            case .dns(let name), .ip(let name): name
            case .email, .uri: nil
            }
        }
        guard !hosts.isEmpty else { return subjectText }
        return hosts.prefix(5).joined(separator: ", ") + (hosts.count > 5 ? ", …" : "")
    }
}
