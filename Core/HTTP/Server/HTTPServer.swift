package import GantryEventLoop
import Synchronization

/// Serves an application on connections that others accept, on any of its loops.
package final class HTTPServer: Sendable {
    package let counters = HTTPCounters()
    private let hosts: [ObjectIdentifier: HTTPLoopHost]

    /// Makes a server for these loops; `clock` gives milliseconds that never go back.
    package init(
        loops: [Loop], application: HTTPApplication, limits: HTTPLimits = HTTPLimits(),
        clock: @escaping @Sendable () -> Int64 = HTTPServer.steadyMilliseconds
    ) {
        var hosts: [ObjectIdentifier: HTTPLoopHost] = [:]
        for loop in loops {
            hosts[ObjectIdentifier(loop)] = HTTPLoopHost(
                loop: loop, application: application, limits: limits, counters: counters, clock: clock)
        }
        self.hosts = hosts
    }

    /// Serves the stream from now on; `firstBytes` were already read from it. On the stream's loop only.
    package func accept(stream: sending any ByteStream, firstBytes: [UInt8], info: HTTPConnectionInfo) {
        guard let host = hosts[ObjectIdentifier(stream.loop)] else {
            preconditionFailure("the stream's loop is none of the server's")
        }
        host.loop.preconditionCurrent()
        let connection = HTTPServerConnection(stream: stream, info: info, host: host)
        connection.assumeIsolated { $0.start(firstBytes: firstBytes) }
    }

    /// Puts another application in place; requests under way end with the old one.
    package func replaceApplication(_ application: HTTPApplication) {
        for host in hosts.values { host.loop.execute { host.replaceApplication(application) } }
    }

    /// Ends idle connections, lets busy ones finish their request until `deadline`, then ends those too.
    package func drain(until deadline: ContinuousClock.Instant) async {
        for host in hosts.values { host.loop.execute { host.drain(until: deadline) } }
        for host in hosts.values { await Self.waitUntilEmpty(host) }
        for host in hosts.values { host.loop.execute { host.close() } }
    }

    private static func waitUntilEmpty(_ host: HTTPLoopHost) async {
        await withTaskExecutorPreference(host.loop) { await onLoop(host) }
    }

    @concurrent private static func onLoop(_ host: HTTPLoopHost) async { await host.waitUntilEmpty() }

    /// Milliseconds since some fixed moment.
    package static func steadyMilliseconds() -> Int64 {
        let (seconds, attoseconds) = ContinuousClock.now.duration(to: epoch).components
        return -(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    private static let epoch = ContinuousClock.now
}
