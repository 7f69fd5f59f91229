import GantryBytes
import GantryCrypto
import GantryIdentity
import GantryLog
import Glibc

/// Makes the TLS context that the configuration asks for, or says which file is wrong.
enum TLSLoader {
    static let fileBytesMax = 1 << 20

    /// Nil when no certificate is configured.
    static func context(
        _ settings: TLSSettings, ticketKeys: TLSTicketKeys, logger: Logger
    ) throws(StartError) -> TLSContext? {
        guard settings.mode.isConfigured else { return nil }
        let chain = try text(settings.certificatePath, "Server certificate file")
        let key = try text(settings.keyPath, "Server certificate key file")
        warnIfReadableByOthers(settings.keyPath, logger)
        do {
            let identity = try TLSIdentity(chainPEM: chain, keyPEM: key)
            warnAboutValidity(identity, logger)
            return try context(identity, settings, ticketKeys)
        } catch let error as StartError {
            throw error
        } catch {
            throw StartError(
                .certificate, "cannot use \(settings.certificatePath) with \(settings.keyPath): \(error)")
        }
    }

    /// With the server's own certificate; clients may have one of its authority.
    static func context(
        _ shown: ServerCertificate.Shown, root: Certificate, _ settings: TLSSettings, ticketKeys: TLSTicketKeys
    ) throws(StartError) -> TLSContext {
        do {
            let identity = try TLSIdentity(chain: [shown.certificate], key: shown.key)
            return try context(identity, settings, ticketKeys, authorities: [root])
        } catch let error as StartError {
            throw error
        } catch {
            throw StartError(.certificate, "cannot use the server's own certificate: \(error)")
        }
    }

    private static func context(
        _ identity: TLSIdentity, _ settings: TLSSettings, _ ticketKeys: TLSTicketKeys, authorities: [Certificate] = []
    ) throws -> TLSContext {
        var configuration = TLSServerConfiguration(identities: [identity], ticketKeys: ticketKeys)
        configuration.applicationProtocols = []
        if settings.mode.clientCertificates == .optional {
            var authorities = authorities
            if !settings.authorityPath.isEmpty {
                authorities += try Certificate.chain(
                    pem: try text(settings.authorityPath, "The file of client_certificate_authority_path"))
            }
            configuration.clientCertificates = .optional(.certificates(authorities))
        }
        return try TLSContext(server: configuration)
    }

    /// The first of certificate and key that is configured but not there.
    static func missingFile(_ settings: TLSSettings) -> String? {
        guard settings.mode.isConfigured else { return nil }
        return [settings.certificatePath, settings.keyPath].first { !SystemText.exists($0) }
    }

    private static func text(_ path: String, _ what: String) throws(StartError) -> String {
        switch SystemText.file(path, max: fileBytesMax) {
        case .success(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .failure(let failure):
            guard failure.code == ENOENT else {
                throw StartError(.certificate, "\(what) cannot be read: \(path): \(failure)")
            }
            throw StartError(.certificate, "\(what) is missing! There is no \(path)")
        }
    }

    private static func warnIfReadableByOthers(_ path: String, _ logger: Logger) {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return }
        logger.warning("the certificate's key can be read by others: chmod 600 it", ["file": .string(path)])
    }

    private static func warnAboutValidity(_ identity: TLSIdentity, _ logger: Logger) {
        guard let leaf = identity.chain.first,
            let validity = try? leaf.validity()  // A certificate without dates was refused before.
        else { return }
        let subject = (try? leaf.subject().description) ?? "?"  // Only a name for the log.
        var now = time_t()
        unsafe time(&now)
        let left = validity.until.seconds - Int64(now)
        if left < 0 {
            logger.error("the certificate has expired", ["certificate": .string(subject)])
        } else if left < 14 * 86_400 {
            logger.warning(
                "the certificate expires soon",
                ["certificate": .string(subject), "days": LogValue(left / 86_400)])
        }
    }
}
