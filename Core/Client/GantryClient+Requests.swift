import GantryHTTPClient
public import GantryJSON

extension GantryClient {
    /// The JSON document at a path of the server's interface.
    public func get(_ path: String) async throws(ClientError) -> JSONValue {
        guard let document = try await send("GET", path) else { throw notJSON(204) }
        return document
    }

    /// Sends a document; gives what the server answers, nil when it has nothing to say.
    @discardableResult
    public func post(_ path: String, _ body: JSONValue? = nil) async throws(ClientError) -> JSONValue? {
        try await send("POST", path, body)
    }

    /// Puts a document in its place.
    @discardableResult
    public func put(_ path: String, _ body: JSONValue? = nil) async throws(ClientError) -> JSONValue? {
        try await send("PUT", path, body)
    }

    /// Changes the members that the document names.
    @discardableResult
    public func patch(_ path: String, _ body: JSONValue) async throws(ClientError) -> JSONValue? {
        try await send("PATCH", path, body)
    }

    /// Removes what is at the path.
    @discardableResult
    public func delete(_ path: String) async throws(ClientError) -> JSONValue? {
        try await send("DELETE", path)
    }

    /// More elements than a command shows.
    public static let listCountMax = 100_000

    /// All elements of a list that the server gives page by page; `member` has the elements of a page.
    public func list(_ path: String, _ member: String) async throws(ClientError) -> [JSONValue] {
        var all: [JSONValue] = []
        var after: String?
        repeat {
            let separator = path.contains("?") ? "&" : "?"
            let page = try await get(path + (after.map { separator + "after=" + Self.pathPart($0) } ?? ""))
            guard let elements = page[member]?.array else { throw notJSON(200) }
            all += elements
            guard all.count <= Self.listCountMax else {
                throw ClientError(.unexpectedReply, "\(options.server) has more than \(Self.listCountMax) \(member)")
            }
            let next = page["next"]?.string
            // A page that leads to itself has no end.
            guard next == nil || (next != after && !elements.isEmpty) else { throw notJSON(200) }
            after = next
        } while after != nil
        return all
    }

    /// Sends one request; gives the document of the reply, nil when it has none.
    ///
    /// The path begins with a slash and is written as it travels: ``pathPart(_:)`` makes any text a part of one.
    public func send(
        _ method: String, _ path: String, _ body: JSONValue? = nil
    ) async throws(ClientError) -> JSONValue? {
        try await send(method, path, body, token: options.token)
    }

    /// The same as somebody else, or as nobody.
    @discardableResult
    func send(
        _ method: String, _ path: String, _ body: JSONValue?, token: String?
    ) async throws(ClientError) -> JSONValue? {
        do {
            var request = try request(method, path, accept: "application/json", token: token)
            if let body {
                request.headers.append("Content-Type", "application/json")
                request.body = .bytes(body.encoded())
            }
            request.timeouts.total = options.timeout
            let response = try await http.send(request)
            let bytes = try await response.collect(upTo: Self.documentBytesMax)
            return try document(bytes, response.head)
        } catch let error as ClientError {
            throw error
        } catch let error as HTTPClientError {
            throw ClientError(error, server: options.server)
        } catch {
            throw ClientError(.unavailable, "\(options.server) cannot be asked: \(error)")
        }
    }

    /// The text as one part of a path or as the value of a query, whatever characters it has.
    public static func pathPart(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x7E: encoded.append(byte)
            // A part that consists of points would mean another folder.
            case 0x2E where text.contains(where: { $0 != "." }): encoded.append(byte)
            default: encoded += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// A request to this server, with the token.
    func request(
        _ method: String, _ path: String, accept: String, token: String?
    ) throws(HTTPClientError) -> HTTPClientRequest {
        var request = HTTPClientRequest(
            method, try HTTPClientURL(address.base + path), headers: ["Accept": accept])
        if let token { request.headers.append("Authorization", "Bearer " + token) }
        request.unixSocket = address.unixSocket
        return request
    }

    /// The refusal that a reply is.
    func refusal(_ head: HTTPClientResponseHead, _ bytes: [UInt8]) -> ClientError {
        let parsed = try? JSONValue.parse(bytes.span)  // What is no JSON has nothing to tell beside the status.
        return .refusal(head.status, parsed?.object, retryAfter: head.headers["Retry-After"])
    }

    private func document(_ bytes: [UInt8], _ head: HTTPClientResponseHead) throws(ClientError) -> JSONValue? {
        if head.status >= 400 { throw refusal(head, bytes) }
        if head.status >= 300 {
            throw ClientError(
                .unexpectedReply, "\(options.server) sends its clients elsewhere (\(head.status))",
                hint: head.headers["Location"].map { "it names \($0)" }, status: head.status)
        }
        if bytes.isEmpty { return nil }
        guard let parsed = try? JSONValue.parse(bytes.span) else {  // The error below says all that helps.
            throw notJSON(head.status)
        }
        return parsed
    }

    private func notJSON(_ status: Int) -> ClientError {
        ClientError(
            .unexpectedReply, "what answers at \(options.server) does not speak JSON",
            hint: "check the address, or set GANTRY_SERVER", status: status)
    }
}
