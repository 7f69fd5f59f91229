import GantryIdentity
import GantryLog

extension Server {
    /// What was read from files, or else the own certificate.
    static func openTLS(
        _ files: TLSHolder?, _ authority: CertificateAuthority, _ configuration: ServerConfiguration,
        _ surroundings: Surroundings
    ) async throws(StartError) -> TLSHolder {
        if let files { return files }
        return try await TLSHolder(
            configuration.tls, hosts: OwnHosts.list(configuration), authority: authority, logger: surroundings.logger)
    }

    /// What is done once a day: the root's end is told, and the own certificate is renewed when it is time.
    func renewCertificates() async {
        identity.authority.warnAboutRoot()
        let server = configuration.server
        do throws(StartError) {
            let context = try await tls.renewed(server.tls, hosts: OwnHosts.list(server))
            tls.use(context)
        } catch {
            logger.error("the server's certificate cannot be looked after", ["error": .string(error.message)])
        }
    }
}
