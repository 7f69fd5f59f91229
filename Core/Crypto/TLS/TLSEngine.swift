import COpenSSL

/// One TLS connection as a state machine: ciphertext in, plaintext out, and the other way round. No sockets, no clock.
///
/// Whoever carries the bytes calls `feed` with what came, `write` with what is to go, and after each call sends what
/// `takeCiphertext()` gives, also after an error: it then holds the alert that tells the peer.
// SAFETY: not Sendable; the `SSL` belongs to this object alone. Inside a call OpenSSL reaches the engine and the wire
// through unretained pointers, which the caller's reference keeps valid.
@safe package final class TLSEngine {
    package enum State: Sendable {
        case handshaking
        /// Plaintext may be written and read.
        case open
        case failed
    }

    /// Why `feed` returned.
    package enum Progress: Sendable {
        /// All that came is used up.
        case starved
        /// The handshake has just been done; `proceed` goes on with what came behind it.
        case opened
        /// The receiver wants no more; the rest is kept until `proceed`.
        case paused
        /// The peer sends no more (`close_notify`); writing is still possible.
        case ended
    }

    static let slot: CInt = 0

    package let context: TLSContext
    /// The name or address that a client wants to reach.
    package let host: String?
    let sessionName: String?
    let wire = TLSWire()
    let ssl: OpaquePointer
    package private(set) var state = State.handshaking
    /// Set by the check of the peer's certificate, inside the handshake.
    var peerRefusal: String?
    private var failure: TLSError?
    private var isShutDown = false

    /// The server's side of a new connection.
    package init(server context: TLSContext) throws(TLSError) {
        precondition(context.role == .server, "a client's context cannot serve")
        self.context = context
        host = nil
        sessionName = nil
        unsafe ssl = try Self.create(context, wire)
        unsafe SSL_set_accept_state(ssl)
        unsafe SSL_set_ex_data(ssl, Self.slot, Unmanaged.passUnretained(self).toOpaque())
    }

    /// The client's side of a new connection to `host`, a DNS name or an address as text; the certificate must be for
    /// it. Connections with the same `service` (by default the host) resume each other's sessions.
    package init(client context: TLSContext, host: String, service: String? = nil) throws(TLSError) {
        precondition(context.role == .client, "a server's context cannot connect")
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        self.context = context
        self.host = name
        sessionName = service ?? name
        unsafe ssl = try Self.create(context, wire)
        unsafe SSL_set_connect_state(ssl)
        unsafe SSL_set_ex_data(ssl, Self.slot, Unmanaged.passUnretained(self).toOpaque())
        try expect(name)
        if let session = context.sessions?.take(for: service ?? name) {
            unsafe SSL_set_session(ssl, session.pointer)
        }
    }

    deinit {
        // OpenSSL spoils the session of a connection that ends without `close_notify`; most of the world's end so.
        if state == .open { unsafe SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN) }
        unsafe SSL_free(ssl)
    }

    private static func create(_ context: TLSContext, _ wire: TLSWire) throws(TLSError) -> OpaquePointer {
        guard let ssl = unsafe SSL_new(context.pointer) else {
            throw .openSSL(.configuration, "no memory for a TLS connection")
        }
        do throws(TLSError) {
            let bio = try unsafe wire.makeBIO()
            unsafe SSL_set_bio(ssl, bio, bio)
            return unsafe ssl
        } catch {
            unsafe SSL_free(ssl)
            throw error
        }
    }

    /// Asks for a server by name, and has its certificate compared with the name or address.
    private func expect(_ name: String) throws(TLSError) {
        let parameters = unsafe SSL_get0_param(ssl)
        if unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, name) == 1 { return }
        OpenSSLErrors.clear()
        unsafe X509_VERIFY_PARAM_set_hostflags(parameters, CUnsignedInt(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        guard !name.isEmpty, !name.utf8.contains(0), unsafe X509_VERIFY_PARAM_set1_host(parameters, name, 0) == 1,
            unsafe tls_set_server_name(ssl, name) == 1
        else { throw .openSSL(.configuration, "\"\(name)\" is no host name") }
    }

    /// Begins the handshake of a client, or goes on with bytes that an earlier `feed` kept.
    package func proceed(deliver: (Span<UInt8>) -> Bool = { _ in false }) throws(TLSError) -> Progress {
        let nothing: [UInt8] = []
        return try feed(nothing.span, deliver: deliver)
    }

    /// Works on the bytes that came, after what an earlier call kept.
    ///
    /// `deliver` gets the plaintext, valid during that call only, and says whether it wants more. It must not call
    /// `feed` again; everything else is allowed.
    package func feed(
        _ ciphertext: Span<UInt8>, deliver: (Span<UInt8>) -> Bool = { _ in false }
    ) throws(TLSError) -> Progress {
        if let failure { throw failure }
        return try wire.lend(ciphertext) { () throws(TLSError) in
            if state == .handshaking { return try shakeHands() }
            return try read(deliver)
        }
    }

    private func shakeHands() throws(TLSError) -> Progress {
        OpenSSLErrors.clear()
        let result = unsafe SSL_do_handshake(ssl)
        if result == 1 {
            state = .open
            return .opened
        }
        guard unsafe SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ else { throw fail("TLS handshake") }
        guard wire.consumedBytes <= TLSLimits.handshakeBytesMax else {
            throw fail(
                TLSError(.handshakeTooLarge, "more than \(TLSLimits.handshakeBytesMax) bytes without a handshake"))
        }
        return .starved
    }

    private func read(_ deliver: (Span<UInt8>) -> Bool) throws(TLSError) -> Progress {
        try unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: TLSLimits.recordBytesMax) {
            (record) throws(TLSError) -> Progress in
            while true {
                OpenSSLErrors.clear()
                var count = 0
                let result = unsafe SSL_read_ex(ssl, record.baseAddress, record.count, &count)
                guard result == 1 else { return try progress(afterRead: result) }
                let wantsMore = unsafe deliver(UnsafeBufferPointer(rebasing: record[..<count]).span)
                if !wantsMore { return .paused }
            }
        }
    }

    private func progress(afterRead result: CInt) throws(TLSError) -> Progress {
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .starved
        case SSL_ERROR_ZERO_RETURN: return .ended
        default: throw fail("TLS")
        }
    }

    /// Seals plaintext: one record for each started `TLSLimits.recordBytesMax`, never joined with another write's.
    package func write(_ plaintext: Span<UInt8>) throws(TLSError) {
        if let failure { throw failure }
        guard state == .open, !isShutDown else { throw TLSError(.notWritable, "the TLS connection takes no data") }
        let recordCount = plaintext.count / TLSLimits.recordBytesMax + 1
        wire.reserveOutput(plaintext.count + recordCount * TLSLimits.recordOverheadBytes)
        var start = 0
        while start < plaintext.count {
            let count = min(plaintext.count - start, TLSLimits.recordBytesMax)
            try seal(plaintext.extracting(start..<start + count))
            start += count
        }
    }

    private func seal(_ record: Span<UInt8>) throws(TLSError) {
        OpenSSLErrors.clear()
        var written = 0
        let result = unsafe record.withUnsafeBytes { bytes in
            unsafe SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &written)
        }
        guard result == 1, written == record.count else { throw fail("TLS") }
    }

    /// What is to be sent; the caller owns it now.
    package func takeCiphertext() -> [UInt8] {
        wire.takeOutput()
    }

    /// Ends our direction with a `close_notify`; the peer may go on sending.
    package func shutdown() {
        guard state == .open, !isShutDown else { return }
        isShutDown = true
        OpenSSLErrors.clear()
        if unsafe SSL_shutdown(ssl) < 0 { OpenSSLErrors.clear() }
    }

    /// The bytes ended without a `close_notify`. In the handshake that is an error; later the caller decides what a
    /// cut stream means to it.
    package func endOfCiphertext() throws(TLSError) {
        if let failure { throw failure }
        guard state == .handshaking else { return }
        throw fail(TLSError(.truncated, "the peer left during the TLS handshake"))
    }

    private func fail(_ context: String) -> TLSError {
        if let peerRefusal {
            OpenSSLErrors.clear()
            let peer = self.context.role == .client ? host ?? "the server" : "the client"
            return fail(TLSError(.peerNotTrusted, "\(peer) is not trusted: \(peerRefusal)"))
        }
        return fail(.openSSL(.protocolViolation, context))
    }

    private func fail(_ error: TLSError) -> TLSError {
        failure = error
        state = .failed
        return error
    }
}
