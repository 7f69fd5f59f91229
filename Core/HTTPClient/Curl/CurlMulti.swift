internal import CCurl
internal import GantryEventLoop

/// What the multi handle tells about: one transfer, told of its end.
protocol CurlTask: AnyObject {
    var easy: CurlEasy { get }
    /// libcurl is done with the handle, which still belongs to the multi handle. Called once, outside of libcurl.
    func taskDidFinish(_ code: CURLcode)
}

/// libcurl's multi handle on a loop: libcurl names sockets and a time, the loop watches them and calls back.
// SAFETY: confined to one loop; the multi handle's callbacks run inside the calls made here, and `close` detaches them.
@safe final class CurlMulti {
    /// How often libcurl is called again at once; a busy library then lets the loop look at its other sockets.
    private static let roundsMax = 32

    private let loop: Loop
    private let multi: UnsafeMutableRawPointer
    private var sockets: [Int32: PollHandle] = [:]
    private var tasks: [UInt: any CurlTask] = [:]
    private var timer: LoopTimer?
    /// libcurl asked for a call without delay while it was being called.
    private var isDue = false
    private var depth = 0
    private(set) var isClosed = false

    init(on loop: Loop, limits: HTTPClientLimits) throws(HTTPClientError) {
        guard CurlLibrary.isReady, let multi = unsafe curl_multi_init() else { throw .outOfMemory }
        self.loop = loop
        unsafe self.multi = multi
        timer = LoopTimer(on: loop) { [weak self] in self?.timeIsUp() }
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let codes = unsafe [
            gantry_multi_on_socket(multi, onSocket, context), gantry_multi_on_timer(multi, onTimer, context),
            gantry_multi_set_long(multi, CURLMOPT_MAXCONNECTS, limits.connectionsMax),
            gantry_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.connectionsMax),
            gantry_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, limits.connectionsPerOriginMax),
            gantry_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX)),
        ]
        precondition(codes.allSatisfy { $0 == CURLM_OK }, "libcurl takes its own options")
    }

    deinit { precondition(isClosed, "a multi handle is closed before it is dropped") }

    var socketCount: Int { sockets.count }

    /// Starts a transfer; `taskDidFinish` follows unless it is removed before.
    func add(_ task: any CurlTask) throws(HTTPClientError) {
        let code = enter { unsafe curl_multi_add_handle(multi, task.easy.pointer) }
        guard code == CURLM_OK else {
            throw HTTPClientError(.outOfResources, .preparing, unsafe String(cString: curl_multi_strerror(code)))
        }
        tasks[task.easy.key] = task
        settle()
    }

    /// Takes the transfer out, finished or not; an unfinished one loses its connection.
    func remove(_ task: any CurlTask) {
        guard tasks.removeValue(forKey: task.easy.key) != nil else { return }
        let code = enter { unsafe curl_multi_remove_handle(multi, task.easy.pointer) }
        precondition(code == CURLM_OK, "a handle is removed outside of libcurl's callbacks")
        settle()
    }

    /// Goes on with, or holds, the directions of a transfer that a callback has paused.
    func pause(_ task: any CurlTask, receiving: Bool, sending: Bool) {
        guard tasks[task.easy.key] != nil else { return }
        let mask = (receiving ? CURLPAUSE_RECV : 0) | (sending ? CURLPAUSE_SEND : 0)
        // A failure here is a failure of the transfer, which libcurl reports at its end.
        _ = enter { unsafe curl_easy_pause(task.easy.pointer, mask) }
        settle()
    }

    /// Drops everything that libcurl holds: pooled connections, sockets, the timer. The tasks must have been removed.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        precondition(tasks.isEmpty, "transfers end before their multi handle")
        _ = enter { unsafe curl_multi_cleanup(multi) }
        sockets.values.forEach { $0.close() }
        sockets = [:]
        timer?.close()
        timer = nil
    }

    /// True while libcurl is on the stack: its functions must not be called then.
    var isInside: Bool { depth > 0 }

    private func enter<R>(_ body: () -> R) -> R {
        loop.preconditionCurrent()
        depth += 1
        defer { depth -= 1 }
        return body()
    }

    private func act(on socket: curl_socket_t, _ events: Int32) {
        guard !isClosed else { return }
        var running: Int32 = 0
        let code = enter { unsafe curl_multi_socket_action(multi, socket, events, &running) }
        precondition(code == CURLM_OK, "libcurl accepts the socket it named")
        settle()
    }

    private func timeIsUp() {
        isDue = true
        settle()
    }

    /// After each call into libcurl: what it wants at once, then what has finished; nested calls leave it to the first.
    private func settle() {
        guard depth == 0 else { return }
        var rounds = 0
        while isDue, !isClosed {
            isDue = false
            var running: Int32 = 0
            _ = enter { unsafe curl_multi_socket_action(multi, CURL_SOCKET_BAD, 0, &running) }
            rounds += 1
            if isDue, rounds == Self.roundsMax {
                isDue = false
                timer?.schedule(after: .zero)
            }
        }
        while !isClosed, let (task, code) = nextFinished() { task.taskDidFinish(code) }
    }

    private func nextFinished() -> (any CurlTask, CURLcode)? {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            if let task = unsafe tasks[UInt(bitPattern: message.pointee.easy_handle)] {
                return unsafe (task, gantry_message_result(message))
            }
        }
        return nil
    }

    // Called by libcurl.

    fileprivate func watch(_ socket: curl_socket_t, _ what: Int32) {
        guard what != CURL_POLL_REMOVE else {
            sockets.removeValue(forKey: socket)?.close()
            return
        }
        var events: PollHandle.Events = []
        if what & CURL_POLL_IN != 0 { events.insert(.readable) }
        if what & CURL_POLL_OUT != 0 { events.insert(.writable) }
        do {
            let handle = try sockets[socket] ?? makeHandle(socket)
            sockets[socket] = handle
            try handle.update(events)
        } catch {
            // The loop is ending, or the process is out of memory: the transfer's own limits end it.
            sockets.removeValue(forKey: socket)?.close()
        }
    }

    private func makeHandle(_ socket: curl_socket_t) throws(LoopError) -> PollHandle {
        try PollHandle(on: loop, descriptor: socket) { [weak self] events in
            var flags: Int32 = 0
            if events.contains(.readable) { flags |= CURL_CSELECT_IN }
            if events.contains(.writable) { flags |= CURL_CSELECT_OUT }
            guard events.contains(.failed) else {
                self?.act(on: socket, flags)
                return
            }
            // libcurl finds the reason by using the socket; if it does not, the watching has stopped all the same. The
            // number may belong to a new socket by then.
            let watched = self?.sockets[socket]
            self?.act(on: socket, CURL_CSELECT_IN | CURL_CSELECT_OUT)
            if let watched, self?.sockets[socket] === watched { self?.act(on: socket, CURL_CSELECT_ERR) }
        }
    }

    fileprivate func setTimer(milliseconds: Int) {
        switch milliseconds {
        case 0:
            isDue = true
            timer?.cancel()
        case 1...:
            isDue = false
            timer?.schedule(after: .milliseconds(milliseconds))
        default:
            isDue = false
            timer?.cancel()
        }
    }
}

private func onSocket(
    _ easy: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32, _ context: UnsafeMutableRawPointer?,
    _ assigned: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context = unsafe context else { return 0 }
    unsafe Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue().watch(socket, what)
    return 0
}

private func onTimer(
    _ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context = unsafe context else { return 0 }
    unsafe Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds: milliseconds)
    return 0
}
