import GantryHTTPClient

extension GantryClient {
    /// The text at a path of the server's interface that is no JSON document, such as a certificate.
    public func text(_ path: String) async throws(ClientError) -> String {
        do {
            var request = try request("GET", path, accept: "*/*", token: options.token)
            request.timeouts.total = options.timeout
            let response = try await http.send(request)
            let bytes = try await response.collect(upTo: Self.documentBytesMax)
            guard response.head.status == 200 else { throw refusal(response.head, bytes) }
            return String(decoding: bytes, as: UTF8.self)
        } catch let error as ClientError {
            throw error
        } catch let error as HTTPClientError {
            throw ClientError(error, server: options.server)
        } catch {
            throw ClientError(.unavailable, "\(options.server) cannot be asked: \(error)")
        }
    }
}
