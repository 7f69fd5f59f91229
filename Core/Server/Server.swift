package import GantryBytes
import GantryCrypto
package import GantryEventLoop
import GantryHTTP
package import GantryLog
import GantryPlugin
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
        package var version: String
        package var now: @Sendable () -> UnixTime

        package init(
            registry: PluginRegistry, environment: [String: String], logger: Logger, version: String,
            now: @escaping @Sendable () -> UnixTime
        ) {
            self.registry = registry
            self.environment = environment
            self.logger = logger
            self.version = version
            self.now = now
        }
    }

    private let surroundings: Surroundings
    private var configuration: LoadedConfiguration
    private let folder: DataFolder
    private let loops: LoopGroup
    private let database: SQLiteDatabase
    private let host: PluginHost
    private let interface: Interface
    private let ticketKeys: TLSTicketKeys
    private var port: PortListener?
    private var isStopping = false

    package let health = Health()
    private var logger: Logger { surroundings.logger }

    /// Takes the data folder, the loops and the database; nothing is served yet.
    package init(_ configuration: LoadedConfiguration, _ surroundings: Surroundings, loops: LoopGroup) async throws {
        self.surroundings = surroundings
        self.configuration = configuration
        self.loops = loops
        folder = try DataFolder.open(configuration.server.dataDirectory)
        database = try await Self.openDatabase(configuration.server, folder, surroundings)
        host = PluginHost(logger: surroundings.logger)
        ticketKeys = TLSTicketKeys()
        interface = try Interface(
            configuration.server, loops: loops, health: health, database: database, surroundings: surroundings)
    }

    /// Starts the plugins, then opens the port. On failure everything is stopped again.
    ///
    /// - Returns: the address under which the server is reached.
    package func start() async throws -> String {
        do {
            let graph = try makeGraph(configuration)
            try await host.start(graph)
            try await interface.use(graph.index)
            let port = try await openPort(graph.index)
            self.port = port
            health.become(.ready)
            noteIgnoredKeys()
            return baseURL(port)
        } catch {
            await stop(grace: .zero)
            throw error
        }
    }

    /// Applies a new configuration file as a whole, or keeps the old one and says why.
    package func reload() async throws {
        guard !isStopping else { throw StartError(.configuration, "the server is stopping") }
        let next = try LoadedConfiguration.load(
            configuration.path, registry: surroundings.registry, environment: surroundings.environment)
        var merged = next
        merged.server.adoptOverrides(from: configuration.server)
        let frozen = merged.server.keysNeedingRestart(comparedTo: configuration.server)
        guard frozen.isEmpty else {
            throw StartError(
                .configuration, "these keys change with a restart only: \(frozen.joined(separator: ", "))")
        }
        let context = try TLSLoader.context(merged.server.tls, ticketKeys: ticketKeys, logger: logger)
        let graph = try makeGraph(merged)
        let application = try await interface.application(for: graph.index)
        try await host.replace(with: graph, drain: .seconds(merged.server.shutdownGraceSeconds)) { index in
            await self.swap(to: index, application, context)
        }
        configuration = merged
        logger.setLevel(merged.server.log.level)
    }

    /// Stops accepting, lets running work end within `grace`, then stops everything in reverse order.
    package func stop(grace: Duration) async {
        guard !isStopping else { return }
        isStopping = true
        health.become(.draining)
        let deadline = ContinuousClock.now + grace
        await port?.stopAccepting()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.interface.drain(until: deadline) }
            group.addTask { await self.host.drain(for: grace) }
        }
        await port?.stop(deadline: deadline)
        await host.stop()
        await database.close()
    }
}
