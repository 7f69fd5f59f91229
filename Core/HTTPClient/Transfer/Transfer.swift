internal import CCurl
internal import GantryEventLoop

/// One request and its response on one libcurl handle: one hop of what the caller sees as a request.
///
/// Confined to the client's loop. libcurl fills `buffer` until its mark, then the connection is paused until the reader
/// has taken the bytes; the upload works the same in the other direction.
final class Transfer: CurlTask {
    let id: UInt64
    let easy: CurlEasy
    let route: TransferRoute
    /// Fires when the head, body bytes or the end have come.
    let responseSignal = LoopSignal()
    /// Fires when there is room for further body bytes of the request, or none are wanted any more.
    let uploadSignal = LoopSignal()
    /// Produces a streamed request body; cancelled at the end.
    var producer: Task<Void, Never>?

    private(set) var head: HTTPClientResponseHead?
    /// The address of the other side, once there is a head.
    private(set) var remoteAddress: String?
    private(set) var end: Result<Void, HTTPClientError>?

    private let engine: CurlMulti
    private let limits: HTTPClientLimits
    private let guardian: ConnectGuard
    private let isDecoding: Bool
    private var reader: ResponseHeadReader
    private var buffer: [UInt8] = []
    private var receivedCount: Int64 = 0
    private var isReceivePaused = false
    private var isSendPaused = false
    private var upload: UploadQueue?
    /// Why a callback has ended the transfer.
    private var objection: HTTPClientError?
    private let didEnd: () -> Void

    /// Prepares the handle; `didEnd` is called once when the transfer, started, is over.
    init(
        id: UInt64, _ request: HTTPClientRequest, route: TransferRoute, remaining: Duration?, engine: CurlMulti,
        didEnd: @escaping () -> Void
    ) throws(HTTPClientError) {
        self.id = id
        self.route = route
        self.engine = engine
        self.didEnd = didEnd
        limits = route.configuration.limits
        reader = ResponseHeadReader(limits: limits)
        isDecoding = request.acceptsGzip
        easy = try CurlEasy()
        guardian = ConnectGuard(
            policy: route.configuration.addressPolicy, reachesProxy: route.proxy != nil,
            isRepeatable: request.isRepeatable)
        try route.apply(to: easy, request.timeouts, remaining: remaining)
        try apply(request)
        guardian.attach(to: easy)
        attachCallbacks()
        try easy.checkOptions()
    }

    func start() throws(HTTPClientError) { try engine.add(self) }

    /// Ends the transfer now, with its connection when it is not complete; what has been buffered is dropped.
    func fail(_ error: HTTPClientError) {
        precondition(!engine.isInside, "a transfer is not ended from inside libcurl")
        buffer = []
        guard end == nil else { return }
        engine.remove(self)
        conclude(.failure(error.host.isEmpty ? error.at(host: route.host) : error))
    }

    func taskDidFinish(_ code: CURLcode) {
        guard end == nil else { return }
        let failure = TransferFailure(easy: easy, guardian: guardian, route: route, hasHead: head != nil)
        engine.remove(self)
        if let objection {
            conclude(.failure(objection))
        } else if code != CURLE_OK {
            conclude(.failure(failure.error(for: code)))
        } else if head == nil {
            conclude(
                .failure(HTTPClientError(.malformedResponse, .waitingForResponse, host: route.host, "no head came")))
        } else {
            conclude(.success(()))
        }
    }

    private func conclude(_ result: Result<Void, HTTPClientError>) {
        end = result
        producer?.cancel()
        producer = nil
        upload = nil
        responseSignal.fire()
        uploadSignal.fire()
        didEnd()
    }

    /// The protocol and version of the response, the bytes so far buffered.
    var hasBytes: Bool { !buffer.isEmpty }

    /// Takes what has been received; a paused connection goes on.
    func takeBytes() -> [UInt8] {
        let bytes = buffer
        buffer = []
        if isReceivePaused {
            isReceivePaused = false
            engine.pause(self, receiving: false, sending: isSendPaused)
        }
        return bytes
    }

    // Upload, producer's side.

    /// False while the producer should wait for `uploadSignal`.
    var wantsUpload: Bool { (upload?.pendingCount ?? 0) < limits.uploadBufferBytesMax }

    func produce(_ chunk: [UInt8]) throws(HTTPClientError) {
        guard end == nil, upload != nil else { throw ended }
        guard upload?.append(chunk) == true else {
            let error = HTTPClientError(
                .uploadFailed, .sending, host: route.host, "the body is longer than its declared length")
            fail(error)
            throw error
        }
        resumeSending()
    }

    func finishUpload(_ problem: (any Error)?) {
        guard end == nil, upload != nil else { return }
        if let problem {
            return fail(
                HTTPClientError(.uploadFailed, .sending, host: route.host, "the body could not be made: \(problem)"))
        }
        guard upload?.finish() == true else {
            return fail(
                HTTPClientError(
                    .uploadFailed, .sending, host: route.host, "the body is shorter than its declared length"))
        }
        resumeSending()
    }

    /// What a producer gets that writes after the end.
    private var ended: HTTPClientError {
        if case .failure(let error) = end { return error }
        return HTTPClientError(.uploadFailed, .sending, host: route.host, "the response is complete, no more is taken")
    }

    private func resumeSending() {
        guard isSendPaused else { return }
        isSendPaused = false
        engine.pause(self, receiving: isReceivePaused, sending: false)
    }
}

// MARK: - Options

extension Transfer {
    private func apply(_ request: HTTPClientRequest) throws(HTTPClientError) {
        applyVersion()
        easy.set(CURLOPT_MAXAGE_CONN, seconds: limits.idleTime)
        if let time = request.timeouts.lowSpeedTime {
            easy.set(CURLOPT_LOW_SPEED_TIME, seconds: time)
            easy.set(CURLOPT_LOW_SPEED_LIMIT, max(1, request.timeouts.lowSpeedBytesPerSecond))
        }
        if request.acceptsGzip { easy.set(CURLOPT_ACCEPT_ENCODING, "gzip") }
        var lines = request.headers.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        lines.append(request.expectsContinue && request.body.isPresent ? "Expect: 100-continue" : "Expect:")
        try easy.set(CURLOPT_HTTPHEADER, list: lines)
        applyBody(request)
    }

    // HTTP/2 in the clear is left out: libcurl 7.88 fails on the second request of such a connection.
    private func applyVersion() {
        let mayAsk = route.configuration.httpVersion == .negotiated && CurlLibrary.speaksHTTP2
        easy.set(CURLOPT_HTTP_VERSION, mayAsk ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
    }

    private func applyBody(_ request: HTTPClientRequest) {
        if request.method == "HEAD" {
            easy.set(CURLOPT_NOBODY, true)
            return
        }
        switch request.body {
        case .none:
            // These methods mean something by a body, so its absence is said: Content-Length: 0.
            if ["POST", "PUT", "PATCH"].contains(request.method) { upload = UploadQueue([]) }
        case .bytes(let bytes): upload = UploadQueue(bytes)
        case .stream(let length, _): upload = UploadQueue(length: length)
        }
        if let upload {
            easy.set(CURLOPT_UPLOAD, true)
            easy.set(CURLOPT_INFILESIZE_LARGE, offset: upload.length ?? -1)
        }
        easy.set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    private func attachCallbacks() {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe easy.note(CURLOPT_HEADERFUNCTION, gantry_easy_on_header(easy.pointer, onHeader, context))
        unsafe easy.note(CURLOPT_WRITEFUNCTION, gantry_easy_on_write(easy.pointer, onBody, context))
        unsafe easy.note(CURLOPT_READFUNCTION, gantry_easy_on_read(easy.pointer, onUpload, context))
        unsafe easy.note(CURLOPT_SEEKFUNCTION, gantry_easy_on_seek(easy.pointer, onRewind, context))
    }
}

// MARK: - Called by libcurl

extension Transfer {
    /// Takes a header line; false ends the transfer.
    fileprivate func takeHeader(_ line: Span<UInt8>) -> Bool {
        do {
            guard try reader.take(line), let final = reader.final else { return true }
            guard final.status != 101 else { return object(.malformedResponse, "it switched protocols unasked") }
            remoteAddress = easy.text(CURLINFO_PRIMARY_IP)
            head = final
            responseSignal.fire()
            return true
        } catch {
            switch error {
            case .tooLarge: return object(.headTooLarge, "its head is larger than \(limits.headBytesMax) bytes")
            case .tooManyFields: return object(.headTooLarge, "its head has over \(limits.headerCountMax) fields")
            case .malformed: return object(.malformedResponse, "its head is malformed")
            }
        }
    }

    /// Takes body bytes: all, or none and a pause, or none and the end.
    fileprivate func takeBody(_ bytes: Span<UInt8>) -> Int {
        if buffer.count >= limits.bufferBytesMax {
            isReceivePaused = true
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        receivedCount += Int64(bytes.count)
        if isDecoding, receivedCount > limits.decodedBytesMax {
            _ = object(.bodyTooLarge, "its body unpacks to more than \(limits.decodedBytesMax) bytes")
            return 0
        }
        unsafe bytes.withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
        responseSignal.fire()
        return bytes.count
    }

    fileprivate func giveUpload(_ target: UnsafeMutableRawBufferPointer) -> Int {
        switch unsafe upload?.fetch(into: target) ?? .end {
        case .bytes(let count):
            if wantsUpload { uploadSignal.fire() }
            return count
        case .end: return 0
        case .nothingYet:
            isSendPaused = true
            return Int(CURL_READFUNC_PAUSE)
        }
    }

    fileprivate func rewindUpload(to offset: Int64) -> Bool {
        offset == 0 && upload?.rewind() ?? false
    }

    private func object(_ code: HTTPClientError.Code, _ detail: String) -> Bool {
        objection = HTTPClientError(code, .receiving, host: route.host, detail)
        return false
    }
}

private func transfer(_ context: UnsafeMutableRawPointer) -> Transfer {
    unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
}

private func onHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count).bindMemory(to: UInt8.self)
    return unsafe transfer(context).takeHeader(line.span) ? size * count : 0
}

private func onBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let part = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count).bindMemory(to: UInt8.self)
    return unsafe transfer(context).takeBody(part.span)
}

private func onUpload(
    _ target: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return Int(CURL_READFUNC_ABORT) }
    return unsafe transfer(context).giveUpload(UnsafeMutableRawBufferPointer(start: target, count: size * count))
}

private func onRewind(_ context: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
    guard let context = unsafe context, origin == 0 else { return CURL_SEEKFUNC_FAIL }
    return unsafe transfer(context).rewindUpload(to: Int64(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
}
