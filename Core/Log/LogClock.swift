import Glibc

/// The wall clock that loggers use unless a test gives another.
package enum LogClock {
    /// Milliseconds since 1970 in UTC.
    package static func unixMilliseconds() -> Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
