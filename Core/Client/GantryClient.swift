import GantryEventLoop
import GantryHTTPClient
import GantryJSON

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
        /// A session's token or an API token, sent with each request; nil for requests of nobody.
        public var token: String?
        /// Whether the token and passwords may be sent to another machine in clear text.
        public var permitsClearText = false
        /// The time for one request, connecting included.
        public var timeout: Duration
        /// Where proxy settings are read from. No proxy is asked for a server on this machine.
        public var environment: [String: String]

        /// Options for a server.
        public init(
            server: String, authorityFile: String? = nil, token: String? = nil, timeout: Duration = .seconds(30),
            environment: [String: String] = [:]
        ) {
            self.server = server
            self.authorityFile = authorityFile
            self.token = token
            self.timeout = timeout
            self.environment = environment
        }
    }

    /// The address that a server on this machine has by default.
    public static let defaultServer = "http://localhost:5690"

    let options: Options
    let address: ServerAddress
    let http: HTTPClient
    let loop: Loop

    /// A client; nothing is connected before the first request. A token that would travel in clear text is refused.
    public init(_ options: Options) throws(ClientError) {
        self.options = options
        address = try ServerAddress(options.server)
        if options.token != nil { try Self.requirePrivacy(address, options) }
        var configuration = HTTPClientConfiguration(version: GantryVersion.current)
        if !address.isLocal { configuration.proxies = ProxySettings(environment: options.environment) }
        if let file = options.authorityFile { configuration.tls.authorities = .file(file) }
        do {
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

    /// Throws when others could read what is sent to the server, unless that was permitted.
    package func requirePrivacy() throws(ClientError) { try Self.requirePrivacy(address, options) }

    private static func requirePrivacy(_ address: ServerAddress, _ options: Options) throws(ClientError) {
        guard address.isPrivate || options.permitsClearText else {
            throw ClientError(
                .clearText,
                "\(options.server) is another machine, and http would show the secret to everybody on the way",
                hint: "use https://, or --insecure if that does not matter")
        }
    }
}
