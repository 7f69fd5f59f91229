internal import CCurl

/// One libcurl handle: typed options in, facts out.
// SAFETY: confined to the loop of its client; the pointers are freed with the object, after libcurl has let go of them.
@safe final class CurlEasy {
    let pointer: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var lists: [CurlList] = []
    /// The first option that libcurl refused.
    private var refused: (option: CURLoption, code: CURLcode)?

    init() throws(HTTPClientError) {
        guard CurlLibrary.isReady, let pointer = unsafe curl_easy_init() else { throw .outOfMemory }
        unsafe self.pointer = pointer
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        unsafe note(CURLOPT_ERRORBUFFER, gantry_easy_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText))
    }

    deinit {
        unsafe curl_easy_cleanup(pointer)
        unsafe errorText.deallocate()
    }

    /// What the handle is known by.
    var key: UInt { unsafe UInt(bitPattern: pointer) }

    func set(_ option: CURLoption, _ value: Int) {
        unsafe note(option, gantry_easy_set_long(pointer, option, value))
    }

    func set(_ option: CURLoption, _ isOn: Bool) { set(option, isOn ? 1 : 0) }

    func set(_ option: CURLoption, offset: Int64) {
        unsafe note(option, gantry_easy_set_offset(pointer, option, curl_off_t(offset)))
    }

    /// Milliseconds; a time of zero would mean "no limit" to libcurl and becomes one millisecond.
    func set(_ option: CURLoption, milliseconds time: Duration) {
        let (seconds, attoseconds) = time.components
        let total = min(seconds, 1 << 31) * 1000 + attoseconds / 1_000_000_000_000_000
        set(option, Int(max(1, total)))
    }

    /// Seconds, rounded up to at least one.
    func set(_ option: CURLoption, seconds time: Duration) {
        let (seconds, attoseconds) = time.components
        set(option, Int(max(1, min(seconds, 1 << 31) + (attoseconds > 0 ? 1 : 0))))
    }

    /// libcurl copies the text.
    func set(_ option: CURLoption, _ text: String?) {
        if let text {
            unsafe note(option, gantry_easy_set_text(pointer, option, text))
        } else {
            unsafe note(option, gantry_easy_set_text(pointer, option, nil))
        }
    }

    /// libcurl copies the bytes.
    func set(_ option: CURLoption, blob bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return refuse(option, CURLE_BAD_FUNCTION_ARGUMENT) }
            unsafe note(option, gantry_easy_set_blob(pointer, option, base, bytes.count))
        }
    }

    func set(_ option: CURLoption, list texts: [String]) throws(HTTPClientError) {
        guard !texts.isEmpty else { return }
        let list = try CurlList(texts)
        lists.append(list)
        unsafe note(option, gantry_easy_set_list(pointer, option, list.head))
    }

    func note(_ option: CURLoption, _ code: CURLcode) {
        if code != CURLE_OK { refuse(option, code) }
    }

    private func refuse(_ option: CURLoption, _ code: CURLcode) {
        if refused == nil { refused = (option, code) }
    }

    /// Throws when an option was refused since the handle was made: a request must not go out half configured.
    func checkOptions() throws(HTTPClientError) {
        guard let refused else { return }
        let name = unsafe curl_easy_option_by_id(refused.option).map { unsafe String(cString: $0.pointee.name) }
        throw HTTPClientConfiguration.invalid(
            "libcurl refused the option \(name ?? "\(refused.option.rawValue)"): \(refused.code.text)")
    }

    func number(_ info: CURLINFO) -> Int {
        var value = 0
        return unsafe gantry_easy_get_long(pointer, info, &value) == CURLE_OK ? value : 0
    }

    func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        return unsafe gantry_easy_get_offset(pointer, info, &value) == CURLE_OK ? Int64(value) : 0
    }

    func text(_ info: CURLINFO) -> String? {
        var value: UnsafePointer<CChar>?
        guard unsafe gantry_easy_get_text(pointer, info, &value) == CURLE_OK, let value = unsafe value else {
            return nil
        }
        return unsafe String(cString: value)
    }

    /// The descriptor of a connection that was made without a request.
    var activeSocket: Int32? {
        var socket: curl_socket_t = CURL_SOCKET_BAD
        let code = unsafe gantry_easy_get_socket(pointer, CURLINFO_ACTIVESOCKET, &socket)
        return code == CURLE_OK && socket != CURL_SOCKET_BAD ? socket : nil
    }

    /// What libcurl says about the last failure, without a line break; empty when it says nothing.
    var lastError: String { unsafe String(cString: errorText) }
}

extension CURLcode {
    var text: String { unsafe String(cString: curl_easy_strerror(self)) }
}
