import Glibc

/// What the kernel says of this process.
enum ProcessFigures {
    static var residentBytes: Int {
        guard case .success(let bytes) = SystemText.file("/proc/self/statm", max: 4096) else { return 0 }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
    }

    /// Nil when there is no descriptor left to count them with.
    static var openDescriptors: Int? {
        guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        return max(0, count - 3)  // `.`, `..` and the folder itself.
    }

    static var descriptorLimit: Int {
        var limits = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return 0 }
        return Int(clamping: limits.rlim_cur)
    }

    /// Raises the limit of open files as far as the system lets everybody.
    static func raiseDescriptorLimit() {
        var limits = rlimit()
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(kind, &limits) == 0, limits.rlim_cur < limits.rlim_max else { return }
        limits.rlim_cur = limits.rlim_max
        _ = unsafe setrlimit(kind, &limits)  // The old limit is good enough when this fails.
    }
}
