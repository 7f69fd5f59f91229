internal import CLibUV

extension Loop {
    /// The version of libuv that is in use.
    package static var libraryVersion: String { unsafe String(cString: uv_version_string()) }
}
