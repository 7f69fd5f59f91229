import COpenSSL

// What OpenSSL calls during a handshake. Each finds the engine in the connection's first extra-data slot; the engine is
// alive, because it is the one that called OpenSSL.

private func engine(of ssl: OpaquePointer?) -> TLSEngine? {
    guard let ssl = unsafe ssl, let data = unsafe SSL_get_ex_data(ssl, TLSEngine.slot) else { return nil }
    return unsafe Unmanaged<TLSEngine>.fromOpaque(data).takeUnretainedValue()
}

func chooseIdentity(
    _ ssl: OpaquePointer?, _ alert: UnsafeMutablePointer<CInt>?, _ argument: UnsafeMutableRawPointer?
) -> CInt {
    guard let ssl = unsafe ssl, let engine = unsafe engine(of: ssl),
        let name = unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)
    else { return SSL_TLSEXT_ERR_NOACK }
    guard let identity = engine.context.identity(for: unsafe String(cString: name)) else { return SSL_TLSEXT_ERR_OK }
    do throws(TLSError) {
        try unsafe identity.install(onConnection: ssl)
        return SSL_TLSEXT_ERR_OK
    } catch {
        unsafe alert?.pointee = SSL_AD_INTERNAL_ERROR
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }
}

func chooseApplicationProtocol(
    _ ssl: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ chosenCount: UnsafeMutablePointer<UInt8>?, _ offer: UnsafePointer<UInt8>?, _ offerCount: CUnsignedInt,
    _ argument: UnsafeMutableRawPointer?
) -> CInt {
    guard let engine = unsafe engine(of: ssl) else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    let offered = unsafe UnsafeBufferPointer(start: offer, count: Int(offerCount))
    for name in engine.context.applicationProtocols {
        var index = 0
        while index < offered.count {
            let count = unsafe Int(offered[index])
            let end = index + 1 + count
            guard end <= offered.count else { break }
            if unsafe name.utf8.elementsEqual(offered[(index + 1)..<end]) {
                unsafe chosen?.pointee = unsafe offer.map { unsafe $0 + index + 1 }
                unsafe chosenCount?.pointee = UInt8(count)
                return SSL_TLSEXT_ERR_OK
            }
            index = end
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}

func checkPeer(_ chain: OpaquePointer?, _ argument: UnsafeMutableRawPointer?) -> CInt {
    guard let chain = unsafe chain,
        let ssl = unsafe X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()),
        let engine = unsafe engine(of: OpaquePointer(ssl)), let trust = engine.context.trust
    else { return 0 }
    let refusal = unsafe TLSPeerCheck(trust: trust, host: engine.host).refusal(of: chain)
    engine.peerRefusal = refusal
    return refusal == nil ? 1 : 0
}

func rememberSession(_ ssl: OpaquePointer?, _ session: OpaquePointer?) -> CInt {
    guard let session = unsafe session, let engine = unsafe engine(of: ssl), let name = engine.sessionName,
        let sessions = engine.context.sessions, unsafe SSL_SESSION_is_resumable(session) == 1
    else { return 0 }
    unsafe sessions.put(TLSSessionCache.Session(adopting: session), for: name)
    return 1
}

func ticketKey(
    _ ssl: OpaquePointer?, _ name: UnsafeMutablePointer<UInt8>?, _ vector: UnsafeMutablePointer<UInt8>?,
    _ cipher: OpaquePointer?, _ mac: OpaquePointer?, _ seals: CInt
) -> CInt {
    guard let keys = unsafe engine(of: ssl)?.context.ticketKeys, let name = unsafe name,
        let vector = unsafe vector, let cipher = unsafe cipher, let mac = unsafe mac
    else { return 0 }
    if seals == 1 { return unsafe keys.seal(name: name, vector: vector, cipher: cipher, mac: mac) ? 1 : -1 }
    return switch unsafe keys.open(name: name, vector: vector, cipher: cipher, mac: mac) {
    case .current: 1
    case .aging: 2
    case nil: 0
    }
}
