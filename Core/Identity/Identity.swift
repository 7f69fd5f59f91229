package import GantryEventLoop
package import GantryLog
package import GantryStorage
import Glibc

/// Everything about who somebody is and what they may do: the services of this module, put together once.
package final class Identity: Sendable {
    /// What the services get from outside.
    package struct Surroundings: Sendable {
        package var database: any Database
        package var loops: LoopGroup
        /// The data folder.
        package var folder: String
        /// The machine's name, by which people tell several authorities apart.
        package var host: String
        package var logger: Logger
        /// Unix milliseconds.
        package var now: @Sendable () -> Int64
        /// A clock that is never set.
        package var uptime: @Sendable () -> ContinuousClock.Instant

        package init(
            database: any Database, loops: LoopGroup, folder: String, host: String, logger: Logger,
            now: @escaping @Sendable () -> Int64,
            uptime: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
        ) {
            self.database = database
            self.loops = loops
            self.folder = folder
            self.host = host
            self.logger = logger
            self.now = now
            self.uptime = uptime
        }
    }

    package let audit: Audit
    package let users: Users
    package let grants: UserGrants
    package let roles: Roles
    package let passwords: Passwords
    package let keys: Keys
    package let sessions: Sessions
    package let apiTokens: ApiTokens
    package let registrations: Registrations
    package let login: Login
    package let callers: Callers
    package let authority: CertificateAuthority
    package let serverKey: ServerKey
    package let throttle: LoginThrottle
    let store: IdentityStore
    let settings: IdentitySettings
    private let logger: Logger
    private let upkeep: IdentityUpkeep
    private let auditKeeper: AuditKeeper
    private let usersFile: UsersFileWatch?

    /// Opens keys and tables, which are migrated already. Nothing runs before `start`.
    package static func open(
        _ settings: IdentitySettings, _ surroundings: Surroundings
    ) async throws(IdentityError) -> Identity {
        let folder = surroundings.folder + "/identity"
        for path in [folder, folder + "/authority"] {
            guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw IdentityError(.unavailable, "cannot make the folder \(path): is the data folder writable?")
            }
        }
        let audit = Audit(database: surroundings.database, now: surroundings.now)
        let store = IdentityStore(
            database: surroundings.database, audit: audit, callers: CallerCache(), now: surroundings.now)
        let serverKey = try ServerKey.open(folder: folder)
        do {
            try await audit.recordOnce(AuditEntry("server.key.create", subject: serverKey.fingerprint, .server))
        } catch {
            throw IdentityError(wrapping: error)
        }
        let authority = try await CertificateAuthority.open(
            folder: folder + "/authority", store: store, host: surroundings.host, logger: surroundings.logger)
        let usersFile = try settings.usersFile.map { place throws(IdentityError) in
            try Self.usersFile(place, surroundings, store, folder)
        }
        return Identity(settings, surroundings, store, serverKey, authority, usersFile)
    }

    private static func usersFile(
        _ place: IdentitySettings.UsersFilePlace, _ surroundings: Surroundings, _ store: IdentityStore,
        _ folder: String
    ) throws(IdentityError) -> UsersFileWatch {
        let loop = surroundings.loops.next()
        let importer = UsersFileImport(
            database: store.database, audit: store.audit, pepper: try UsersFilePepper.load(folder + "/pepper"),
            loop: loop, now: surroundings.now, onChange: { store.callers.forget(Touched(userIDs: $0)) })
        return UsersFileWatch(
            place.path, isNamed: place.isNamed, importer: importer, on: loop, logger: surroundings.logger)
    }

    private init(
        _ settings: IdentitySettings, _ surroundings: Surroundings, _ store: IdentityStore, _ serverKey: ServerKey,
        _ authority: CertificateAuthority, _ usersFile: UsersFileWatch?
    ) {
        let hashing = PasswordHashing(
            cost: settings.passwordCost, loops: surroundings.loops, atATime: settings.hashesAtATime)
        let sessions = Sessions(store, settings.sessions)
        let throttle = LoginThrottle(now: surroundings.uptime)
        let callers = Callers(store: store, authority: authority)
        self.settings = settings
        self.store = store
        self.serverKey = serverKey
        self.authority = authority
        self.sessions = sessions
        self.throttle = throttle
        self.callers = callers
        logger = surroundings.logger
        audit = store.audit
        users = Users(store)
        grants = UserGrants(store)
        roles = Roles(store)
        passwords = Passwords(store, hashing)
        keys = Keys(store)
        apiTokens = ApiTokens(store)
        registrations = Registrations(store)
        login = Login(
            store: store, hashing: hashing, sessions: sessions, serverKey: serverKey, throttle: throttle,
            challenges: Challenges(now: surroundings.uptime))
        upkeep = IdentityUpkeep(callers, sessions, on: surroundings.loops.next(), logger: surroundings.logger)
        auditKeeper = AuditKeeper(
            store.audit, retention: settings.audit, on: surroundings.loops.next(), logger: surroundings.logger)
        self.usersFile = usersFile
    }

    /// What was counted since the start.
    package var counters: IdentityCounters { store.counters }

    /// Callers that are remembered at the moment.
    package var callersRemembered: Int { store.callers.count }

    /// Makes the first administrator when there is nobody; gives the password when it was made up.
    package func makeFirstAdministrator() async throws(IdentityError) -> String? {
        try await FirstAdministrator.make(self, settings)
    }

    /// Gives the administrator a new one-time password, for operators who have lost the way in.
    package func resetAdministrator() async throws(IdentityError) -> String {
        try await FirstAdministrator.reset(self, settings)
    }

    /// Takes the users file over, and begins the work that goes on beside requests.
    package func start() async {
        if serverKey.isNew {
            logger.notice("the server's key was made", ["fingerprint": .string(serverKey.fingerprint)])
        }
        authority.tellStart()
        await usersFile?.start()
        await upkeep.start()
        await auditKeeper.start()
    }

    /// Ends that work and writes down what is not written yet.
    package func stop() async {
        await usersFile?.stop()
        await upkeep.stop()
        await auditKeeper.stop()
    }
}
