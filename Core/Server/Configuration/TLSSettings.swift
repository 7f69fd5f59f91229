package import GantryConfig
import GantryCrypto
import GantryIdentity

/// TLS on the port: with a certificate both kinds of clients are served, forced TLS refuses the plain ones.
package struct TLSSettings: Sendable, Equatable {
    package enum ClientCertificates: String, Sendable, CaseIterable {
        case none, optional
    }

    /// What cannot change while the server runs; the certificate's content can.
    package struct Mode: Sendable, Equatable {
        package var isForced: Bool
        /// Whether files are named.
        package var isConfigured: Bool
        /// Whether the certificate is one of the server's own authority.
        package var isOwn: Bool
        package var clientCertificates: ClientCertificates

        func changedKeys(from old: Mode) -> [String] {
            let pairs: [(String, Bool)] = [
                ("forced_ssl_usage", isForced != old.isForced),
                ("certificate_path", isConfigured != old.isConfigured),
                ("own_certificate", isOwn != old.isOwn),
                ("client_certificates", clientCertificates != old.clientCertificates),
            ]
            return pairs.filter(\.1).map(\.0)
        }
    }

    package var certificatePath: String
    package var keyPath: String
    package var authorityPath: String
    /// Names of the own certificate beside those that the server knows by itself.
    package var ownNames: [String]
    package var mode: Mode

    /// The most names that can be configured; the certificate has room for those of the machine too.
    package static let ownNamesMax = CertificateOrder.hostsMax - 8

    package init(section: inout ConfigSection) {
        let isForced = section.bool(
            "forced_ssl_usage", default: false, help: "Serve TLS only; plain connections are closed unread.")
        certificatePath = section.path(
            "certificate_path", default: "", help: "The certificate chain (PEM); empty for a server without TLS.")
        keyPath = section.path("certificate_key_path", default: "", help: "The certificate's private key (PEM).")
        let isOwn = section.bool(
            "own_certificate", default: false,
            help: "Serve TLS with a certificate of the server's own authority, which is renewed by itself.")
        ownNames = section.list(
            "own_certificate_names", of: .string(), in: 0...Self.ownNamesMax,
            help:
                "Host names and addresses of the own certificate, beside this machine's name, `ip_address` and "
                + "`localhost`.")
        authorityPath = section.path(
            "client_certificate_authority_path", default: "",
            help:
                "The authorities (PEM) that may have issued the clients' certificates; beside them the own one, with "
                + "`own_certificate`.")
        let choice: ClientCertificates = section.choice(
            "client_certificates", default: .none,
            help:
                "Whether clients may show a certificate. They never must: older clients would fall back to plain text.")
        mode = Mode(
            isForced: isForced, isConfigured: !certificatePath.isEmpty && !keyPath.isEmpty, isOwn: isOwn,
            clientCertificates: choice)
        check(&section)
    }

    private func check(_ section: inout ConfigSection) {
        if mode.isOwn { checkOwn(&section) } else { checkFiles(&section) }
        for name in ownNames where !CertificateOrder.name(name).isEncodable {
            section.reportProblem("own_certificate_names", "\"\(name)\" is no host name or address")
        }
        if mode.clientCertificates == .optional && authorityPath.isEmpty && !mode.isOwn {
            section.reportProblem("client_certificates", "needs client_certificate_authority_path")
        }
    }

    private func checkOwn(_ section: inout ConfigSection) {
        for (key, path) in [("certificate_path", certificatePath), ("certificate_key_path", keyPath)]
        where !path.isEmpty {
            section.reportProblem("own_certificate", "there is \(key) too: leave one of them out")
        }
    }

    private func checkFiles(_ section: inout ConfigSection) {
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
    }
}
