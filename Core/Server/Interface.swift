import GantryBytes
import GantryEventLoop
import GantryHTTP
import GantryIdentity
import GantryJSON
import GantryLog
import GantryPlugin
import GantryStorage
import GantryTransport
import Synchronization

/// The HTTP side of the server: routes of server and plugins behind the middleware.
final class Interface: Sendable {
    let http: HTTPServer
    let sessions: SessionLimit
    let requestMetrics = RequestMetrics()
    private let metrics: ServerMetrics
    private let loops: LoopGroup
    private let health: Health
    private let surroundings: Server.Surroundings
    private let startedAt: UnixTime
    private let document = Mutex<[UInt8]>([])
    private let settings: HTTPConfiguration
    private let identity: Identity

    init(
        _ configuration: ServerConfiguration, loops: LoopGroup, health: Health, database: SQLiteDatabase,
        identity: Identity, surroundings: Server.Surroundings
    ) {
        self.loops = loops
        self.health = health
        self.surroundings = surroundings
        settings = configuration.http
        self.identity = identity
        sessions = SessionLimit(maximum: configuration.listener.activeMax)
        startedAt = surroundings.now()
        http = HTTPServer(
            loops: loops.loops, application: HTTPApplication(router: .empty), limits: configuration.httpLimits)
        metrics = ServerMetrics(
            version: surroundings.version, startedAt: startedAt, loops: loops, database: database, http: http.counters,
            requests: requestMetrics, sessions: sessions, identity: { identity.families },
            droppedLogLines: surroundings.droppedLogLines)
    }

    /// The server's own routes; no plugin may take them.
    var ownRoutes: [Route] {
        AdminRoutes(
            version: surroundings.version, startedAt: startedAt, health: health,
            metrics: { [metrics] in metrics.families() },
            openAPI: { [weak self] in self?.document.withLock { $0 } ?? [] }, now: surroundings.now
        ).all + StartPage.routes + IdentityRoutes(identity: identity, now: surroundings.now).all
    }

    /// The application for these plugins. It does not serve before `use`.
    func application(for index: ContributionIndex) throws -> PreparedInterface {
        let access = AccessGuard(callers: identity.callers)
        let router = try Router((ownRoutes + index.routes).map { try access.guarding($0) })
        let application = HTTPApplication(router: router, middleware: middleware(router))
        let description = OpenAPIDocument.make(title: "Gantry", version: surroundings.version, routes: router.routes)
        return PreparedInterface(application: application, document: description.encoded())
    }

    /// Serves the application; when this returns, no new request gets the old one.
    func use(_ prepared: PreparedInterface) async {
        document.withLock { $0 = prepared.document }
        http.replaceApplication(prepared.application)
        // Each loop takes what it is given in order: after this it has the application. Its body does not throw.
        for loop in loops.loops { try? await loop.run {} }
    }

    func connect(port statistics: @escaping @Sendable () -> PortStatistics) {
        metrics.connect(port: statistics)
    }

    private func middleware(_ router: Router) -> [any HTTPMiddleware] {
        var layers: [any HTTPMiddleware] = [
            RequestIDMiddleware(), RequestMetricsMiddleware(metrics: requestMetrics), AccessLogMiddleware(),
            SessionLimitMiddleware(sessions: sessions), CORSMiddleware(router: router),
        ]
        if settings.gzip { layers.append(GzipMiddleware()) }
        return layers
    }
}

/// Routes that are ready to serve.
struct PreparedInterface: Sendable {
    let application: HTTPApplication
    let document: [UInt8]
}
