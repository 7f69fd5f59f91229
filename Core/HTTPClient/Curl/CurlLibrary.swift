internal import CCurl

/// The process-wide part of libcurl.
enum CurlLibrary {
    /// Sets libcurl up once; safe from any thread since libcurl 7.84.
    static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// True when the library was built with HTTP/2.
    static let speaksHTTP2: Bool = {
        guard let version = unsafe curl_version_info(CURLVERSION_TENTH) else { return false }
        return unsafe version.pointee.features & CURL_VERSION_HTTP2 != 0
    }()
}
