internal import Glibc

/// Socket options as one call each.
enum SocketOption {
    static func set(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32) -> Bool {
        var value = value
        return unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    static func check(
        _ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Int32, _ operation: String, _ subject: String = ""
    ) throws(LoopError) {
        if !set(descriptor, level, name, value) { throw LoopError.last(operation, subject) }
    }

    static func get(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32? {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, level, name, &value, &size) == 0 ? value : nil
    }

    /// Makes the coming close discard everything and send a reset. It fails only when the connection is gone already.
    static func closeByReset(_ descriptor: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}
