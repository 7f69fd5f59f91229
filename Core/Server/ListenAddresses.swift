import GantryEventLoop
import GantryLog
import GantryTransport
import Glibc

/// Where the configuration, or the service manager, wants the port to listen.
struct ListenAddresses: Sendable {
    /// For how long a host name is looked up.
    static let resolveTime = Duration.seconds(10)

    private let configuration: ListenerConfiguration
    private let environment: [String: String]
    private let logger: Logger

    init(_ configuration: ListenerConfiguration, _ environment: [String: String], logger: Logger) {
        self.configuration = configuration
        self.environment = environment
        self.logger = logger
    }

    /// Binds everything, or throws with nothing bound.
    func open(_ port: PortListener, on loops: LoopGroup) async throws(StartError) {
        let inherited = try inherited()
        let bindings =
            inherited.isEmpty ? try await named(loops) : inherited.map { PortBinding.inherited($0.descriptor) }
        do throws(PortError) {
            try await port.start(bindings)
        } catch {
            guard let others = withoutUnavailable(bindings, error) else { throw failure(error) }
            do throws(PortError) {
                try await port.start(others)
            } catch {
                throw failure(error)
            }
        }
    }

    /// Sockets of the service manager, kept from the programs that this one will start.
    private func inherited() throws(StartError) -> [SystemdSockets.Inherited] {
        do throws(LoopError) {
            let sockets = try SystemdSockets.inherited(environment: environment, pid: getpid())
            try SystemdSockets.protect(sockets)
            return sockets
        } catch {
            throw StartError(.listen, "cannot use the service manager's sockets: \(error)")
        }
    }

    private func named(_ loops: LoopGroup) async throws(StartError) -> [PortBinding] {
        var addresses: [SocketAddress] = []
        let (host, port) = (configuration.address, UInt16(clamping: configuration.port))
        do {
            guard let loop = loops.loops.first else { return [] }
            addresses = try await loop.run {
                try await Resolver.resolve(host, port: port, on: loop, deadline: .now + Self.resolveTime)
            }
        } catch {
            throw StartError(.listen, "cannot find the address \"\(host)\" of ip_address: \(error)")
        }
        if !configuration.unixSocket.isEmpty { addresses.append(.unix(configuration.unixSocket)) }
        return addresses.map { .address($0) }
    }

    /// A name such as `localhost` may stand for an IPv6 address on a machine without IPv6; the others are enough then.
    private func withoutUnavailable(_ bindings: [PortBinding], _ error: PortError) -> [PortBinding]? {
        guard case .listen(let cause) = error,
            cause.code == .addressNotAvailable || cause.code == .addressFamilyNotSupported
        else { return nil }
        let others = bindings.filter { binding in
            if case .address(.ipv6) = binding { false } else { true }
        }
        guard !others.isEmpty, others.count < bindings.count else { return nil }
        logger.info("listening on IPv4 only: this machine has no such IPv6 address")
        return others
    }

    private func failure(_ error: PortError) -> StartError {
        guard case .listen(let cause) = error else { return StartError(.listen, error.description) }
        let hint =
            switch cause.code {
            case .addressInUse: "; another program listens there: stop it, or set another port"
            case .accessDenied: "; ports below 1024 need a privilege: set another port"
            default: ""
            }
        return StartError(.listen, "cannot \(error)\(hint)")
    }
}
