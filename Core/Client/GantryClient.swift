import GantryEventLoop
import GantryHTTPClient
public import GantryJSON

/// A client of one server. It has a thread of its own until it is closed.
public final class GantryClient: Sendable {
    /// The longest reply that is taken as a document.
    public static let documentBytesMax = 16 << 20

    /// How a server is reached.
    public struct Options: Sendable {
        /// The server's address: `http://host:port`, `https://host:port` or `unix:/path`.
        public var server: String
        /// A PEM file of the authorities that may have signed the server's certificate; nil for the system's.
        public var authorityFile: String?
        /// The time for one request, connecting included.
        public var timeout: Duration
        /// Where proxy settings are read from.
        public var environment: [String: String]

        /// Options for a server.
        public init(
            server: String, authorityFile: String? = nil, timeout: Duration = .seconds(30),
            environment: [String: String] = [:]
        ) {
            self.server = server
            self.authorityFile = authorityFile
            self.timeout = timeout
            self.environment = environment
        }
    }

    /// The address that a server on this machine has by default.
    public static let defaultServer = "http://localhost:5690"

    private let options: Options
    private let base: String
    private let unixSocket: String?
    private let loop: Loop
    private let http: HTTPClient

    /// A client; nothing is connected before the first request.
    public init(_ options: Options) throws(ClientError) {
        self.options = options
        if options.server.hasPrefix("unix:") {
            let path = String(options.server.dropFirst("unix:".count))
            guard !path.isEmpty else {
                throw ClientError(
                    .badAddress, "\"\(options.server)\" is no server's address: it names no socket",
                    hint: "an address looks like \(Self.defaultServer) or unix:/run/gantry.sock")
            }
            unixSocket = path
            base = "http://localhost"
        } else {
            unixSocket = nil
            var server = options.server
            while server.hasSuffix("/") { server.removeLast() }
            base = server.contains("://") ? server : "http://" + server
        }
        var configuration = HTTPClientConfiguration(version: GantryVersion.current)
        configuration.proxies = ProxySettings(environment: options.environment)
        if let file = options.authorityFile { configuration.tls.authorities = .file(file) }
        do {
            _ = try HTTPClientURL(base)
            loop = try Loop(name: "client")
            // Before the thread is started, so that a failure leaves none behind.
            http = try HTTPClient(on: loop, configuration)
            try loop.start()
        } catch {
            throw ClientError(
                .badAddress, "\"\(options.server)\" is no server's address: \(error)",
                hint: "an address looks like \(Self.defaultServer)")
        }
    }

    /// Ends everything that is under way and the thread. Must be called once.
    public func close() async {
        await http.shutDown()
        await loop.stop()
    }

    /// Asks the server who it is and whether it takes work.
    public func status() async throws(ClientError) -> ServerStatus {
        let document = try await get("/api/status")
        guard let status = ServerStatus(document) else {
            throw ClientError(
                .unexpectedReply, "what answers at \(options.server) is not a Gantry server",
                hint: "check the address, or set GANTRY_SERVER")
        }
        return status
    }

    /// The JSON document at a path of the server's interface.
    public func get(_ path: String) async throws(ClientError) -> JSONValue {
        do {
            var request = HTTPClientRequest(
                "GET", try HTTPClientURL(base + path), headers: ["Accept": "application/json"])
            request.timeouts.total = options.timeout
            request.unixSocket = unixSocket
            let response = try await http.send(request)
            let bytes = try await response.collect(upTo: Self.documentBytesMax)
            return try document(bytes, status: response.status)
        } catch let error as ClientError {
            throw error
        } catch let error as HTTPClientError {
            throw ClientError(
                .unavailable, "\(options.server) cannot be asked: \(error.detail)",
                hint: error.hint.isEmpty ? nil : error.hint)
        } catch {
            throw ClientError(.unavailable, "\(options.server) cannot be asked: \(error)")
        }
    }

    private func document(_ bytes: [UInt8], status: Int) throws(ClientError) -> JSONValue {
        let parsed = try? JSONValue.parse(bytes.span)  // What is no JSON is told as an unexpected reply below.
        if status >= 400 {
            let detail = parsed?.object?["detail"]?.string ?? parsed?.object?["title"]?.string
            throw ClientError(
                .refused, "the server answered \(status)\(detail.map { ": \($0)" } ?? "")", status: status)
        }
        guard let parsed else {
            throw ClientError(
                .unexpectedReply, "what answers at \(options.server) does not speak JSON",
                hint: "check the address, or set GANTRY_SERVER", status: status)
        }
        return parsed
    }
}
