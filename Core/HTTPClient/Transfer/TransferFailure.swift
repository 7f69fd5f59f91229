internal import CCurl
internal import GantryEventLoop

/// Puts libcurl's verdict on a transfer into words: what failed, in which phase, and what may help.
struct TransferFailure {
    let easy: CurlEasy
    let guardian: ConnectGuard
    let route: TransferRoute
    let hasHead: Bool

    func error(for code: CURLcode) -> HTTPClientError {
        if let (address, reason) = guardian.refused, code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK
        {
            return ConnectGuard.forbidden(route.host, address, reason)
        }
        if guardian.stoppedRepetition {
            return make(
                .connectionLost, .waitingForResponse, "the connection was lost after the request was sent",
                hint: "it may have been carried out; look before sending it again")
        }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            return make(.resolveFailed, .resolving, "the name is not known", hint: "check its spelling and the DNS")
        case CURLE_COULDNT_RESOLVE_PROXY:
            return proxyError("its name is not known")
        case CURLE_PROXY:
            return proxyError(detail(code))
        case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED:
            return connectError(code)
        case CURLE_OPERATION_TIMEDOUT:
            return timeoutError(code)
        case CURLE_OUT_OF_MEMORY, CURLE_WRITE_ERROR, CURLE_READ_ERROR, CURLE_ABORTED_BY_CALLBACK:
            return make(.outOfResources, phase, detail(code))
        default:
            return tlsError(code) ?? transferError(code)
        }
    }

    /// How far the transfer has come, by what libcurl has measured.
    private var phase: HTTPClientError.Phase {
        if hasHead { return .receiving }
        if easy.offset(CURLINFO_PRETRANSFER_TIME_T) > 0 { return .waitingForResponse }
        if easy.offset(CURLINFO_CONNECT_TIME_T) > 0 { return route.url.isSecure ? .securing : .connecting }
        return easy.offset(CURLINFO_NAMELOOKUP_TIME_T) > 0 ? .connecting : .resolving
    }

    private func connectError(_ code: CURLcode) -> HTTPClientError {
        if let number = guardian.socketError {
            return make(.outOfResources, .connecting, LoopError.Code(errno: number).message)
        }
        let number = Int32(truncatingIfNeeded: easy.number(CURLINFO_OS_ERRNO))
        let reason = LoopError.Code(errno: number)
        let words = number == 0 ? detail(code) : reason.message
        if route.proxy != nil { return proxyError(words) }
        let isAbsent = reason == .connectionRefused || reason == .noSuchFile
        return make(.connectFailed, .connecting, words, hint: isAbsent ? "is the server running?" : "")
    }

    private func timeoutError(_ code: CURLcode) -> HTTPClientError {
        let words = detail(code)
        if words.hasPrefix("Operation too slow") {
            return make(.tooSlow, phase, hasHead ? "the transfer is too slow" : "the server is silent")
        }
        let phase = phase
        let isConnected = phase == .waitingForResponse || phase == .receiving || phase == .sending
        return make(
            isConnected ? .timeout : .connectTimeout, phase, "timed out",
            hint: isConnected ? "" : "is the address right, and does a firewall drop the packets?")
    }

    private func proxyError(_ words: String) -> HTTPClientError {
        HTTPClientError(.proxyFailed, .connecting, host: route.host, "the proxy does not let it through: \(words)")
    }

    private func tlsError(_ code: CURLcode) -> HTTPClientError? {
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_INVALIDCERTSTATUS:
            make(
                .certificateRefused, .securing, detail(code),
                hint: "is its authority configured, and does the certificate name this host?")
        case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CRL_BADFILE:
            make(.invalidConfiguration, .securing, detail(code), hint: "check the configured certificate files")
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_USE_SSL_FAILED, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_CLIENTCERT:
            make(.tlsFailed, .securing, detail(code), hint: "does the server speak TLS 1.2 or later on this port?")
        default: nil
        }
    }

    private func transferError(_ code: CURLcode) -> HTTPClientError {
        let answer = easy.number(CURLINFO_HTTP_CONNECTCODE)
        if route.proxy != nil, !hasHead, answer != 0, answer / 100 != 2 { return proxyError("it answered \(answer)") }
        switch code {
        case CURLE_PARTIAL_FILE:
            return make(.bodyTruncated, .receiving, "the connection ended before the body did")
        case CURLE_GOT_NOTHING:
            return make(.connectionLost, .waitingForResponse, "the server closed the connection without an answer")
        case CURLE_SEND_ERROR:
            return make(.connectionLost, .sending, "the connection was lost")
        case CURLE_SEND_FAIL_REWIND:
            return make(
                .connectionLost, .sending, "the connection was lost, and the body, a stream, cannot be sent again")
        case CURLE_RECV_ERROR where easy.number(CURLINFO_OS_ERRNO) != 0:
            return make(.connectionLost, phase, "the connection was lost (\(detail(code)))")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_RECV_ERROR,
            CURLE_HTTP2, CURLE_HTTP2_STREAM:
            return make(.malformedResponse, phase, "the server does not speak HTTP as it should (\(detail(code)))")
        default:
            return make(.connectionLost, phase, detail(code))
        }
    }

    private func detail(_ code: CURLcode) -> String {
        let words = easy.lastError
        return words.isEmpty ? code.text : words
    }

    private func make(
        _ code: HTTPClientError.Code, _ phase: HTTPClientError.Phase, _ detail: String, hint: String = ""
    ) -> HTTPClientError {
        HTTPClientError(code, phase, host: route.host, detail, hint: hint)
    }
}
