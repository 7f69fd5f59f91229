package import GantryConfig

/// TLS on the port: with a certificate both kinds of clients are served, forced TLS refuses the plain ones.
package struct TLSSettings: Sendable, Equatable {
    package enum ClientCertificates: String, Sendable, CaseIterable {
        case none, optional
    }

    /// What cannot change while the server runs; the certificate's content can.
    package struct Mode: Sendable, Equatable {
        package var isForced: Bool
        package var isConfigured: Bool
        package var clientCertificates: ClientCertificates

        func changedKeys(from old: Mode) -> [String] {
            let pairs: [(String, Bool)] = [
                ("forced_ssl_usage", isForced != old.isForced),
                ("certificate_path", isConfigured != old.isConfigured),
                ("client_certificates", clientCertificates != old.clientCertificates),
            ]
            return pairs.filter(\.1).map(\.0)
        }
    }

    package var certificatePath: String
    package var keyPath: String
    package var authorityPath: String
    package var mode: Mode

    package init(section: inout ConfigSection) {
        let isForced = section.bool(
            "forced_ssl_usage", default: false, help: "Serve TLS only; plain connections are closed unread.")
        certificatePath = section.path(
            "certificate_path", default: "", help: "The certificate chain (PEM); empty for a server without TLS.")
        keyPath = section.path("certificate_key_path", default: "", help: "The certificate's private key (PEM).")
        authorityPath = section.path(
            "client_certificate_authority_path", default: "",
            help: "The authorities (PEM) that may have issued the clients' certificates.")
        let choice: ClientCertificates = section.choice(
            "client_certificates", default: .none,
            help:
                "Whether clients may show a certificate. They never must: older clients would fall back to plain text.")
        mode = Mode(
            isForced: isForced, isConfigured: !certificatePath.isEmpty && !keyPath.isEmpty,
            clientCertificates: choice)
        check(&section)
    }

    private func check(_ section: inout ConfigSection) {
        if mode.isForced && certificatePath.isEmpty {
            section.reportProblem("forced_ssl_usage", "Server certificate file is missing! Set certificate_path.")
        }
        if mode.isForced && keyPath.isEmpty {
            section.reportProblem(
                "forced_ssl_usage", "Server certificate key file is missing! Set certificate_key_path.")
        }
        if !mode.isForced && certificatePath.isEmpty != keyPath.isEmpty {
            let missing = certificatePath.isEmpty ? "certificate_path" : "certificate_key_path"
            let given = certificatePath.isEmpty ? "certificate_key_path" : "certificate_path"
            section.reportProblem(given, "needs \(missing) too")
        }
        if mode.clientCertificates == .optional && authorityPath.isEmpty {
            section.reportProblem("client_certificates", "needs client_certificate_authority_path")
        }
    }
}
