internal import CCurl
internal import GantryEventLoop

/// How one hop reaches its server: the parts of a handle's options that requests and raw streams share.
struct TransferRoute {
    let url: HTTPClientURL
    let unixSocket: String?
    let proxy: String?
    let configuration: HTTPClientConfiguration

    /// Decides on the proxy and asks the guard what can be said already.
    init(_ request: HTTPClientRequest, _ configuration: HTTPClientConfiguration) throws(HTTPClientError) {
        url = request.url
        unixSocket = request.unixSocket
        proxy = request.unixSocket == nil ? configuration.proxies.proxy(for: request.url) : nil
        self.configuration = configuration
        if let unixSocket, SocketAddress(unixPath: unixSocket) == nil {
            throw .invalidRequest("\"\(unixSocket)\" is no path of a UNIX socket")
        }
        if let objection = ConnectGuard.objection(
            to: url, unixSocket: unixSocket, proxy: proxy, policy: configuration.addressPolicy)
        {
            throw objection
        }
    }

    /// What failures are reported about.
    var host: String { unixSocket.map { "unix:\($0)" } ?? url.authority }

    /// What shares the connections of one pool place.
    var origin: String { unixSocket.map { "unix:\($0) \(url.origin)" } ?? url.origin }

    func apply(to easy: CurlEasy, _ timeouts: HTTPClientTimeouts, remaining: Duration?) throws(HTTPClientError) {
        easy.set(CURLOPT_URL, url.text)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        easy.set(CURLOPT_PATH_AS_IS, true)
        easy.set(CURLOPT_NOSIGNAL, true)
        // Removing a handle must not wait for a name that is being resolved.
        easy.set(CURLOPT_QUICK_EXIT, true)
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds: timeouts.connect)
        if let remaining { easy.set(CURLOPT_TIMEOUT_MS, milliseconds: remaining) }
        // An empty text keeps libcurl from reading the process environment.
        easy.set(CURLOPT_PROXY, proxy ?? "")
        easy.set(CURLOPT_NOPROXY, "")
        easy.set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        easy.set(CURLOPT_USERAGENT, configuration.userAgent)
        if let unixSocket {
            let isAbstract = unixSocket.hasPrefix("@")
            let path = isAbstract ? String(unixSocket.dropFirst()) : unixSocket
            easy.set(isAbstract ? CURLOPT_ABSTRACT_UNIX_SOCKET : CURLOPT_UNIX_SOCKET_PATH, path)
        }
        let known = configuration.hostAddresses.map { entry in
            let addresses = entry.addresses.map { $0.host.contains(":") ? "[\($0.host)]" : $0.host }
            return "\(entry.host):\(entry.port):\(addresses.joined(separator: ","))"
        }
        try easy.set(CURLOPT_RESOLVE, list: known)
        applyTLS(to: easy)
    }

    private func applyTLS(to easy: CurlEasy) {
        let tls = configuration.tls
        easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        easy.set(CURLOPT_SSL_VERIFYPEER, tls.verifiesPeer ? 1 : 0)
        easy.set(CURLOPT_SSL_VERIFYHOST, tls.verifiesPeer ? 2 : 0)
        // Without a folder of authorities libcurl reads the bundle once and keeps it, instead of once per connection.
        easy.set(CURLOPT_CAPATH, nil)
        apply(tls.authorities, to: easy, file: CURLOPT_CAINFO, blob: CURLOPT_CAINFO_BLOB)
        apply(tls.certificate, to: easy, file: CURLOPT_SSLCERT, blob: CURLOPT_SSLCERT_BLOB)
        apply(tls.key, to: easy, file: CURLOPT_SSLKEY, blob: CURLOPT_SSLKEY_BLOB)
        if !tls.pinnedKeys.isEmpty { easy.set(CURLOPT_PINNEDPUBLICKEY, tls.pinnedKeys.joined(separator: ";")) }
    }

    private func apply(_ pem: HTTPClientTLS.PEM?, to easy: CurlEasy, file: CURLoption, blob: CURLoption) {
        switch pem {
        case nil: break
        case .file(let path): easy.set(file, path)
        case .bytes(let bytes): easy.set(blob, blob: bytes)
        }
    }
}
