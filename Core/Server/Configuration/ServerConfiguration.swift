package import GantryConfig

/// The server's own keys of `config.json`; those of older servers keep their names.
package struct ServerConfiguration: Sendable, Equatable {
    package var listener: ListenerConfiguration
    package var tls: TLSSettings
    package var http: HTTPConfiguration
    package var log: LogConfiguration
    package var store: StoreConfiguration
    package var kontor: KontorKeys
    package var identity: IdentityConfiguration
    package var dataDirectory: String
    package var shutdownGraceSeconds: Int
    package var loops: Int

    package init(section: inout ConfigSection) {
        listener = ListenerConfiguration(section: &section)
        tls = TLSSettings(section: &section)
        kontor = KontorKeys(section: &section)
        dataDirectory = section.path(
            "data_directory", default: "data", help: "The folder that holds everything the server keeps.")
        if dataDirectory.isEmpty { section.reportProblem("data_directory", "must name a folder") }
        shutdownGraceSeconds = section.integer(
            "max_grace_shutdown_timeout_seconds", default: 30, in: 0...86_400,
            help: "How long a stopping server waits for running work.")
        loops = section.integer(
            "loops", default: 1, in: 1...64,
            help: "Event loops, each on a thread of its own, that share the connections.")
        log = section.section("log", help: "Where the log goes and what it contains.") {
            LogConfiguration(section: &$0)
        }
        store = section.section("store", help: "The database.") { StoreConfiguration(section: &$0) }
        identity = section.section("identity", help: "Users, passwords and sessions.") {
            IdentityConfiguration(section: &$0)
        }
        http = section.section("http", help: "Limits of the HTTP interface.") { HTTPConfiguration(section: &$0) }
    }

    /// What has changed that a running server cannot take over; the names are keys of `config.json`.
    package func keysNeedingRestart(comparedTo old: ServerConfiguration) -> [String] {
        var keys: [String] = []
        if listener != old.listener { keys += listener.changedKeys(from: old.listener) }
        if dataDirectory != old.dataDirectory { keys.append("data_directory") }
        if store != old.store { keys.append("store") }
        if loops != old.loops { keys.append("loops") }
        if http != old.http { keys.append("http") }
        if identity != old.identity { keys.append("identity") }
        if kontor.usersFile != old.kontor.usersFile { keys.append("users_file") }
        if log.file != old.log.file || log.format != old.log.format { keys.append("log") }
        return keys + tls.mode.changedKeys(from: old.tls.mode)
    }
}
