import GantryBytes
import GantryEventLoop
import GantryLog
import Synchronization

// How a handler reads a body that is still arriving.
extension HTTPServerConnection {
    /// The next chunk of the body; waits for it, and lets the client send on.
    func nextBody(_ mine: UInt64) async throws -> [UInt8]? {
        while true {
            guard number == mine, let current = exchange else { throw Problem.clientGone }
            if current.bodyCount > 0 {
                let chunk = exchange?.takeBody()
                if !isReceiving { withOutput { readAhead() } }
                return chunk
            }
            if let failure = current.bodyFailure { throw failure }
            if current.isReceived { return nil }
            if current.owesContinue { sendContinue() }
            guard current.bodyWaiter == nil else {
                throw Problem.internalError("Two tasks read one body at the same time.")
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { exchange?.bodyWaiter = $0 }
            } onCancel: {
                loop.execute { [self] in assumeIsolated { $0.wakeBody(mine) } }
            }
            try Task.checkCancellation()
        }
    }

    private func wakeBody(_ mine: UInt64) {
        if number == mine { exchange?.wakeBody() }
    }

    private func sendContinue() {
        exchange?.owesContinue = false
        deadline = host.now + host.times.bodyIdle
        withOutput {
            out.append(contentsOf: HTTPResponseWriter.continueHead)
            flush()
        }
    }
}

/// The body's way to the connection.
struct ConnectionBody: HTTPBodySource {
    private let connection: HTTPServerConnection
    private let number: UInt64

    init(_ connection: HTTPServerConnection, _ number: UInt64) {
        self.connection = connection
        self.number = number
    }

    func next() async throws -> [UInt8]? { try await connection.nextBody(number) }
}

extension HTTPRequestHead.Framing {
    /// The body's length when the client has said it.
    var length: Int? {
        switch self {
        case .none: 0
        case .length(let count): count
        case .chunked: nil
        }
    }
}

extension Problem {
    /// What a handler sees that reads from or writes to a client that has gone; nobody receives it.
    package static let clientGone = Problem(
        "client-gone", .badRequest, "Client gone", detail: "The client closed the connection.")
    static let truncatedBody = Problem(HTTPParseError(.truncated, "The connection ended inside the body."))
    static let slowBody = Problem(
        "body-timeout", .requestTimeout, "Request timeout", detail: "The body arrived too slowly.")
    static let slowHead = Problem(
        "head-timeout", .requestTimeout, "Request timeout", detail: "The request head arrived too slowly.")
    static let slowHandler = Problem(
        "handler-timeout", .serviceUnavailable, "Handler timeout",
        detail: "The server did not finish this request in time.")
}
