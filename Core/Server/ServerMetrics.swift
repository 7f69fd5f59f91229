import GantryBytes
import GantryEventLoop
import GantryHTTP
import GantryStorage
import GantryTransport
import Synchronization

/// Gathers what every part of the server counts, at the moment of a scrape.
final class ServerMetrics: Sendable {
    private let version: String
    private let startedAt: UnixTime
    private let loops: LoopGroup
    private let database: SQLiteDatabase
    private let http: HTTPCounters
    private let requests: RequestMetrics
    private let sessions: SessionLimit
    private let droppedLogLines: @Sendable () -> Int
    private let identity: @Sendable () -> [MetricFamily]
    private let port = Mutex(Port { nil })

    /// A struct around the closure: a lock around a bare one stores it wrapped once more each time it is looked at,
    /// until a call of it needs more than the stack.
    private struct Port: Sendable {
        let statistics: @Sendable () -> PortStatistics?
    }

    init(
        version: String, startedAt: UnixTime, loops: LoopGroup, database: SQLiteDatabase, http: HTTPCounters,
        requests: RequestMetrics, sessions: SessionLimit,
        identity: @escaping @Sendable () -> [MetricFamily] = { [] },
        droppedLogLines: @escaping @Sendable () -> Int
    ) {
        self.version = version
        self.startedAt = startedAt
        self.loops = loops
        self.database = database
        self.http = http
        self.requests = requests
        self.sessions = sessions
        self.identity = identity
        self.droppedLogLines = droppedLogLines
    }

    /// The port opens after everything else.
    func connect(port statistics: @escaping @Sendable () -> PortStatistics?) {
        port.withLock { $0 = Port(statistics: statistics) }
    }

    func families() -> [MetricFamily] {
        process + loopFamilies + requests.families + httpFamilies + portFamilies + storage + identity()
    }

    private var process: [MetricFamily] {
        [
            MetricFamily(
                "gantry_build_info", .gauge, help: "Always 1; the version is a label.",
                samples: [.init(labels: [("version", version)], value: 1)]),
            MetricFamily(
                "process_start_time_seconds", .gauge, help: "Start of the server as a Unix time.",
                Double(startedAt.milliseconds) / 1000),
            MetricFamily(
                "process_resident_memory_bytes", .gauge, help: "Memory that the server holds.",
                Double(ProcessFigures.residentBytes)),
            MetricFamily(
                "process_open_fds", .gauge, help: "Open files and sockets.",
                samples: ProcessFigures.openDescriptors.map { [.init(value: Double($0))] } ?? []),
            MetricFamily(
                "process_max_fds", .gauge, help: "The system's limit of open files.",
                Double(ProcessFigures.descriptorLimit)),
            MetricFamily(
                "gantry_log_lines_dropped_total", .counter, help: "Lines that the log could not write.",
                Double(droppedLogLines())),
        ]
    }

    /// What the loops were busy with; the longest turn is that since the last scrape.
    private var loopFamilies: [MetricFamily] {
        let loads = loops.loops.map { ($0.name, $0.counters.takeLoad()) }
        func samples(_ value: (LoopLoad) -> UInt64, per unit: Double = 1) -> [MetricFamily.Sample] {
            loads.map { .init(labels: [("loop", $0.0)], value: Double(value($0.1)) / unit) }
        }
        return [
            MetricFamily(
                "gantry_loop_stalls_total", .counter,
                help: "Turns that kept a loop from its sockets for more than \(Loop.Limits.stallMilliseconds) ms.",
                samples: samples(\.stalls)),
            MetricFamily(
                "gantry_loop_longest_turn_seconds", .gauge, help: "The longest turn since the last scrape.",
                samples: samples(\.longestTurnMilliseconds, per: 1000)),
        ]
    }

    private var httpFamilies: [MetricFamily] {
        [
            MetricFamily(
                "gantry_http_malformed_requests_total", .counter, help: "Requests that broke the protocol.",
                Double(http.malformedRequests.load(ordering: .relaxed))),
            MetricFamily(
                "gantry_http_timeouts_total", .counter, help: "Requests or replies that took longer than their limits.",
                Double(http.timeouts.load(ordering: .relaxed))),
            MetricFamily(
                "gantry_sessions_active", .gauge, help: "Requests and sessions of doors that are being served.",
                Double(sessions.count)),
        ]
    }

    private var portFamilies: [MetricFamily] {
        guard let now = port.withLock({ $0 }).statistics() else { return [] }
        let ends: [(String, UInt64)] = [
            ("refused", now.refused), ("broken", now.broken), ("handshake_failed", now.handshakesFailed),
            ("handshake_timed_out", now.handshakesTimedOut), ("silent", now.silent), ("left_early", now.leftEarly),
            ("tls_unavailable", now.tlsUnavailable), ("clear_refused", now.clearRefused),
        ]
        return [
            MetricFamily("gantry_connections_open", .gauge, help: "Open connections.", Double(now.active)),
            MetricFamily("gantry_connections_total", .counter, help: "Accepted connections.", Double(now.accepted)),
            MetricFamily(
                "gantry_connections_served_total", .counter, help: "Connections by what served them.",
                samples: [
                    .init(labels: [("kind", "http")], value: Double(now.http)),
                    .init(labels: [("kind", "door")], value: Double(now.doors)),
                ]),
            MetricFamily(
                "gantry_connections_ended_early_total", .counter, help: "Connections that nothing served, by reason.",
                samples: ends.map { .init(labels: [("reason", $0.0)], value: Double($0.1)) }),
            MetricFamily(
                "gantry_tls_handshakes_total", .counter, help: "Finished TLS handshakes.",
                samples: [
                    .init(labels: [("resumed", "yes")], value: Double(now.resumed)),
                    .init(labels: [("resumed", "no")], value: Double(now.handshakes - now.resumed)),
                ]),
        ]
    }

    private var storage: [MetricFamily] {
        let now = database.statistics
        return [
            MetricFamily("gantry_store_writes_total", .counter, help: "Acknowledged writes.", Double(now.writes)),
            MetricFamily(
                "gantry_store_commits_total", .counter, help: "Commits; one carries many writes.", Double(now.commits)),
            MetricFamily("gantry_store_reads_total", .counter, help: "Reads.", Double(now.reads)),
            MetricFamily(
                "gantry_store_failures_total", .counter, help: "Refused or failed reads and writes.",
                samples: [
                    .init(labels: [("kind", "write")], value: Double(now.writesFailed)),
                    .init(labels: [("kind", "read")], value: Double(now.readsFailed)),
                ]),
            MetricFamily(
                "gantry_store_waiting", .gauge, help: "Reads and writes in their queues.",
                samples: [
                    .init(labels: [("kind", "write")], value: Double(now.writesWaiting)),
                    .init(labels: [("kind", "read")], value: Double(now.readsWaiting)),
                ]),
            MetricFamily("gantry_store_log_pages", .gauge, help: "Pages in the write-ahead log.", Double(now.logPages)),
        ]
    }
}
