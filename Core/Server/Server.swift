package import GantryBytes
import GantryConfig
package import GantryEventLoop
import GantryHTTP
import GantryIdentity
package import GantryLog
package import GantryPluginHost
import GantryStorage
import GantryTransport

/// The composition root: puts the parts together, starts them in order, reloads them, and stops them in reverse.
package actor Server {
    /// What the server gets from outside instead of reaching for globals.
    package struct Surroundings: Sendable {
        package var registry: PluginRegistry
        package var environment: [String: String]
        package var logger: Logger
        package var redactor: Redactor
        package var version: String
        package var now: @Sendable () -> UnixTime
        /// Tells the operator what must not get into the log: the first administrator's password.
        package var tell: @Sendable (String) -> Void
        /// Whether the administrator gets a new one-time password.
        package var resetsAdministrator = false
        /// Lines that the log could not write.
        package var droppedLogLines: @Sendable () -> Int

        package init(
            registry: PluginRegistry, environment: [String: String], logger: Logger, redactor: Redactor,
            version: String, now: @escaping @Sendable () -> UnixTime,
            droppedLogLines: @escaping @Sendable () -> Int = { 0 },
            tell: @escaping @Sendable (String) -> Void = { _ in }
        ) {
            self.registry = registry
            self.environment = environment
            self.logger = logger
            self.redactor = redactor
            self.version = version
            self.now = now
            self.droppedLogLines = droppedLogLines
            self.tell = tell
        }
    }

    let surroundings: Surroundings
    private(set) var configuration: LoadedConfiguration
    let folder: DataFolder
    let loops: LoopGroup
    private let database: SQLiteDatabase
    let identity: Identity
    private let host: PluginHost
    let interface: Interface
    let tls: TLSHolder
    private let watch: FolderWatch
    private var certificateWatch: CertificateWatch?
    private var port: PortListener?
    private var isStopping = false

    package nonisolated let health: Health
    nonisolated let logger: Logger

    /// Reads the certificates, takes the data folder, the database and the authority; nothing is served yet.
    package init(
        _ configuration: LoadedConfiguration, _ surroundings: Surroundings, loops: LoopGroup
    ) async throws(StartError) {
        // Before the folder, so that a wrong path leaves nothing behind; an own certificate lies in the folder.
        let isOwn = configuration.server.tls.mode.isOwn
        let files = isOwn ? nil : try TLSHolder(configuration.server.tls, logger: surroundings.logger)
        let folder = try DataFolder.open(configuration.server.dataDirectory)
        let health = Health()
        let database = try await Self.openDatabase(configuration.server, folder, health, surroundings)
        let identity = try await Self.openIdentity(configuration.server, folder, database, loops, surroundings)
        do throws(StartError) {
            tls = try await Self.openTLS(files, identity.authority, configuration.server, surroundings)
        } catch {
            await database.close()
            throw error
        }
        self.surroundings = surroundings
        self.configuration = configuration
        self.loops = loops
        self.folder = folder
        self.database = database
        self.identity = identity
        self.health = health
        logger = surroundings.logger
        host = PluginHost(logger: surroundings.logger)
        watch = FolderWatch(
            folder, freeBytesMin: UInt64(configuration.server.store.freeMegabytesMin) << 20, on: loops.next(),
            health: health, logger: surroundings.logger)
        interface = Interface(
            configuration.server, loops: loops, health: health, database: database, identity: identity,
            surroundings: surroundings)
    }

    /// Starts the plugins, then opens the port; gives the address under which the server is reached. On failure
    /// everything is stopped again.
    package func start() async throws(StartError) -> String {
        do {
            let graph = try makeGraph(configuration)
            try await host.start(graph)
            await interface.use(try interface.application(for: graph.index))
            let port = try await openPort(graph.index)
            self.port = port
            interface.connect { port.statistics }
            let url = Self.baseURL(await port.addresses, configuration.server, isTLS: tls.holder != nil)
            try await startIdentity(url)
            health.beginServing()
            await watch.start()
            let certificates = CertificateWatch(on: loops.next()) { [weak self] in await self?.renewCertificates() }
            certificateWatch = certificates
            await certificates.start()
            noteKeysWithoutEffect()
            return url
        } catch {
            await stop(grace: .zero)
            throw StartError(wrapping: error)
        }
    }

    /// Applies a new configuration file as a whole, or keeps the old one and says why.
    package func reload() async throws(StartError) {
        guard !isStopping else { throw StartError(.configuration, "the server is stopping") }
        do {
            let next = try LoadedConfiguration.load(
                configuration.path, registry: surroundings.registry, environment: surroundings.environment,
                overrides: configuration.overrides)
            let frozen = next.server.keysNeedingRestart(comparedTo: configuration.server)
            guard frozen.isEmpty else {
                throw StartError(
                    .configuration, "these keys change with a restart only: \(frozen.joined(separator: ", "))")
            }
            // Before anything new can write them into the log.
            for secret in next.secrets { _ = surroundings.redactor.register(secret.reveal()) }
            let context = try await tls.context(for: next.server.tls, hosts: OwnHosts.list(next.server))
            let graph = try makeGraph(next)
            let prepared = try interface.application(for: graph.index)
            let ports = portConfiguration(graph.index, next.server)
            let (interface, tls, port) = (interface, tls, port)
            try await host.replace(with: graph, drain: .seconds(next.server.shutdownGraceSeconds)) { _ in
                await interface.use(prepared)
                tls.use(context)
                // The graph was checked for clashes and the mode cannot change, so that this is not refused.
                try? port?.replace(ports)
            }
            configuration = next
            logger.setLevel(next.server.log.level)
            noteKeysWithoutEffect()
        } catch {
            throw StartError(wrapping: error)
        }
    }

    /// Stops accepting, lets running work end within `grace` (nil: as long as the configuration says), then stops
    /// everything in reverse order. A second call finds nothing to do.
    package func stop(grace: Duration? = nil) async {
        guard !isStopping else { return }
        isStopping = true
        health.beginDraining()
        // Replies without an end would keep the server for the whole grace.
        identity.audit.feed.close()
        let grace = grace ?? .seconds(configuration.server.shutdownGraceSeconds)
        let deadline = ContinuousClock.now + grace
        let (interface, host, port) = (interface, host, port)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await port?.drain(until: deadline) }
            group.addTask { await interface.http.drain(until: deadline) }
            group.addTask { await host.drain(for: grace) }
        }
        await host.stop()
        await watch.stop()
        await certificateWatch?.stop()
        await identity.stop()
        await database.close()
    }
}
