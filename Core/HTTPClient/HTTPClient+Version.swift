internal import CCurl

extension HTTPClient {
    /// The version of libcurl that is in use.
    package static var libraryVersion: String {
        guard let version = unsafe gantry_curl_version() else { return "?" }
        return unsafe String(cString: version)
    }
}
