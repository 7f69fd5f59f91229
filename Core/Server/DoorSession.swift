import GantryCrypto
import GantryEventLoop
import GantryLog
import GantryPlugin
import GantryTransport

/// One connection of a plugin's door. Owner of the stream: this actor, on the stream's loop.
actor DoorSession: DoorPipe {
    private nonisolated let loop: Loop
    private let stream: AsyncByteStream

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(_ stream: sending any ByteStream, first: [UInt8]) {
        loop = stream.loop
        self.stream = AsyncByteStream(stream, first: first)
    }

    func read(until deadline: ContinuousClock.Instant) async throws -> [UInt8]? {
        try await stream.read(deadline: deadline)
    }

    func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) async throws {
        try await stream.write(bytes, deadline: deadline)
    }

    func finish() { stream.finishWriting() }

    private func close() { stream.close() }

    /// What the port calls for a connection with this door's first bytes.
    static func acceptor(for door: GantryPlugin.Door, sessions: SessionLimit, logger: Logger) -> ConnectionAcceptor {
        { stream, first, info in
            let loop = stream.loop
            let session = DoorSession(stream, first: first)
            let connection = DoorConnection(
                remote: info.peer, isSecure: info.isSecure, clientCertificate: info.clientCertificate, pipe: session)
            let logger = logger.with(["door": .string(door.name), "connection": LogValue(info.id)])
            Task.immediate(executorPreference: loop) {
                await session.serve(connection, door: door, sessions: sessions, logger: logger)
            }
        }
    }

    private func serve(
        _ connection: DoorConnection, door: GantryPlugin.Door, sessions: SessionLimit, logger: Logger
    ) async {
        defer { close() }
        guard sessions.enter() else {
            logger.warning("session refused: max_parallel_connections is reached")
            return
        }
        defer { sessions.leave() }
        do {
            try await door.serve(connection)
        } catch {
            logger.info("session ended with an error", ["error": LogValue(describing: error)])
        }
    }
}

extension ConnectionInfo {
    /// The client's verified certificate as DER; one that cannot be written is none.
    var clientCertificate: [UInt8]? {
        try? tls?.peerCertificate?.der()  // It was read from DER, so that this does not fail.
    }
}
