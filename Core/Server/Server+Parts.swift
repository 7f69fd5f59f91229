import GantryBytes
import GantryEventLoop
import GantryHTTP
import GantryIdentity
import GantryLog
import GantryPlugin
import GantryPluginHost
import GantryStorage
import GantryTransport

extension Server {
    static func openDatabase(
        _ configuration: ServerConfiguration, _ folder: DataFolder, _ health: Health, _ surroundings: Surroundings
    ) async throws(StartError) -> SQLiteDatabase {
        let logger = surroundings.logger
        let now = surroundings.now
        var options = SQLiteOptions(path: folder.path + "/gantry.db") { now().milliseconds }
        options.limits.readers = configuration.store.readers
        options.onEvent = { event in
            switch event {
            case .damaged(let error):
                logger.error("the database is damaged", ["error": .string(error.description)])
                _ = health.report(.database, "the database is damaged: stop the server and restore a backup")
            case .checkpointFailed(let error):
                logger.warning("a checkpoint failed", ["error": .string(error.description)])
            case .closedUncleanly(let error):
                logger.warning("the database was not closed cleanly", ["error": .string(error.description)])
            }
        }
        do {
            let database = try await SQLiteDatabase.open(options)
            do {
                try await database.migrate(IdentityMigrations.all)
                return database
            } catch {
                await database.close()
                throw error
            }
        } catch {
            throw StartError(.storage, "cannot use the database in \(folder.path): \(error)")
        }
    }

    /// Opens users and keys; on failure the database is closed again.
    static func openIdentity(
        _ configuration: ServerConfiguration, _ folder: DataFolder, _ database: SQLiteDatabase, _ loops: LoopGroup,
        _ surroundings: Surroundings
    ) async throws(StartError) -> Identity {
        let now = surroundings.now
        do throws(IdentityError) {
            return try await Identity.open(
                configuration.identity.settings(
                    configuration.kontor, environment: surroundings.environment),
                Identity.Surroundings(
                    database: database, loops: loops, folder: folder.path,
                    host: OwnHosts.machineName.isEmpty ? "localhost" : OwnHosts.machineName,
                    logger: surroundings.logger, now: { now().milliseconds }))
        } catch {
            await database.close()
            throw StartError(.identity, error.message)
        }
    }

    /// Makes the first administrator when there is nobody, and begins the work beside requests.
    func startIdentity(_ url: String) async throws(StartError) {
        do throws(IdentityError) {
            let name = configuration.server.identity.administrator
            let password =
                if surroundings.resetsAdministrator {
                    try await identity.resetAdministrator()
                } else {
                    try await identity.makeFirstAdministrator()
                }
            if let password {
                surroundings.tell("administrator: \(name), one-time password: \(password)")
                surroundings.tell("sign in with `\(login(name, url))`; it asks for a password of your own")
                logger.notice("the administrator has a one-time password", ["user": .string(name)])
            }
        } catch {
            throw StartError(.identity, "cannot make the administrator: \(error.message)")
        }
        await identity.start()
    }

    /// The command that signs in here, as it can be typed on this machine.
    private func login(_ user: String, _ url: String) -> String {
        let root = " --certificate-authority \(folder.path)/identity/authority/root.pem"
        let authority = configuration.server.tls.mode.isOwn ? root : ""
        return "gantry login --server \(url) --user \(user)\(authority)"
    }

    func makeGraph(_ configuration: LoadedConfiguration) throws -> PluginGraph {
        let own = ContributionIndex.Entry(
            PluginManifest(name: "server", summary: "The server itself.", version: surroundings.version),
            Contributions(routes: interface.ownRoutes))
        var folders: [String: String] = [:]
        for plugin in configuration.plugins {
            folders[plugin.manifest.name] = try folder.subfolder(plugin.manifest.name)
        }
        let around = surroundings
        let (callers, login) = (identity.callers, identity.login)
        let signIn = SignIn(
            byToken: { token in
                if let known = callers.known(token: token) { return known }
                return try await callers.find(token: token)
            },
            byPassword: { user, proof, address in
                try await login.caller(user: user, proof: proof, LoginOrigin(address: address))
            })
        return try PluginGraph.make(configuration.plugins, core: own) { manifest in
            PluginServices(
                logger: around.logger.with(["plugin": .string(manifest.name)]),
                folder: folders[manifest.name] ?? "", now: { around.now().milliseconds }, signIn: signIn)
        }
    }

    func openPort(_ index: ContributionIndex) async throws -> PortListener {
        let settings = configuration.server
        let port = try PortListener(
            name: "main", loops: loops, configuration: portConfiguration(index, settings), logger: logger)
        let addresses = ListenAddresses(settings.listener, surroundings.environment, logger: logger)
        try await addresses.open(port, on: loops)
        return port
    }

    func portConfiguration(_ index: ContributionIndex, _ configuration: ServerConfiguration) -> PortConfiguration {
        let (http, log) = (interface.http, logger)
        var port = PortConfiguration { stream, first, info in
            http.accept(
                stream: stream, firstBytes: first,
                info: HTTPConnectionInfo(
                    peer: info.peer, local: info.local, isSecure: info.isSecure,
                    clientCertificate: info.clientCertificate, logger: log))
        }
        port.tls = tls.holder
        port.requiresTLS = configuration.tls.mode.isForced
        port.limits.connectionsMax = configuration.listener.connectionsMax
        port.limits.firstByteTimeout = .seconds(configuration.listener.idleSeconds)
        port.limits.handshakeTimeout = min(port.limits.handshakeTimeout, port.limits.firstByteTimeout)
        port.doors = index.doors.flatMap { door in
            let acceptor = DoorSession.acceptor(for: door, sessions: interface.sessions, logger: log)
            return door.signatures.map {
                GantryTransport.Door(name: door.name, signature: $0, acceptor: acceptor)
            }
        }
        return port
    }

    func noteKeysWithoutEffect() {
        let keys = configuration.server.kontor.withoutEffect
        guard !keys.isEmpty else { return }
        logger.notice(
            "these keys have no effect: no plugin serves the kontor door", ["keys": .list(keys.map { .string($0) })])
    }

    /// What a client on this machine types to reach the server: the configured name with the port that was opened, or
    /// what the service manager has bound instead.
    static func baseURL(_ addresses: [SocketAddress], _ configuration: ServerConfiguration, isTLS: Bool) -> String {
        let scheme = isTLS ? "https" : "http"
        guard let first = addresses.first(where: { !$0.isUnix }), let port = first.port else {
            return addresses.first.map { "\($0)" } ?? ""
        }
        let isConfigured = SocketAddress(ip: configuration.listener.address, port: port).map(addresses.contains) ?? true
        let host = isConfigured ? configuration.listener.address : first.host
        switch host {
        case "0.0.0.0", "::", "": return "\(scheme)://localhost:\(port)"
        case let address where address.contains(":"): return "\(scheme)://[\(address)]:\(port)"
        case let address: return "\(scheme)://\(address):\(port)"
        }
    }
}
