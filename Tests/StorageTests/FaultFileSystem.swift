import CSQLite
import Glibc

@testable import GantryStorage

/// SQLite's own file system with faults: a disk of so many bytes, syncs that fail, a copy of what each sync saved.
///
/// It opens files as the default one does, and puts its own `xWrite`, `xSync` and `xClose` before the real ones.
// SAFETY: the file system's table is written before it is registered and freed never; the rest is behind a mutex.
@safe final class FaultFileSystem: @unchecked Sendable {
    struct Faults {
        /// Writes beyond this many more bytes fail with "disk full"; nil is a disk without end.
        var bytesLeft: Int?
        var doSyncsFail = false
        var syncs = 0
        /// Where each sync of the log leaves a copy of file and log: all that a power cut would leave.
        var survivorFolder: String?
    }

    let name: String
    let faults = Monitor(Faults())
    private let table = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)

    init(name: String) {
        self.name = name
        _ = sqlite3_initialize()
        if let original = unsafe sqlite3_vfs_find(nil) {
            unsafe table.initialize(to: original.pointee)
            unsafe table.pointee.zName = UnsafePointer(strdup(name))
            unsafe table.pointee.pNext = nil
            unsafe table.pointee.xOpen = openFile
            Self.registry.withLock { $0.systems[name] = self }
            unsafe sqlite3_vfs_register(table, 0)
        }
    }

    func set(_ change: (inout Faults) -> Void) {
        faults.withLock { change(&$0) }
    }

    var syncs: Int { faults.withLock { $0.syncs } }

    fileprivate struct OpenFile {
        let system: FaultFileSystem
        let path: String
        /// The address of the real methods.
        let methods: UInt
        let ours: UInt
    }

    fileprivate struct Registry {
        var systems: [String: FaultFileSystem] = [:]
        var files: [UInt: OpenFile] = [:]
    }

    fileprivate static let registry = Monitor(Registry())

    fileprivate static func file(_ file: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile? {
        registry.withLock { $0.files[UInt(bitPattern: file)] }
    }

    fileprivate func keepCopy(of log: String) {
        guard let folder = faults.withLock({ $0.survivorFolder }), log.hasSuffix("-wal") else { return }
        let main = String(log.dropLast(4))
        writeFile(folder + "/gantry.db", fileBytes(main))
        writeFile(folder + "/gantry.db-wal", fileBytes(log))
    }
}

extension FaultFileSystem.OpenFile {
    var real: sqlite3_io_methods? {
        unsafe UnsafePointer<sqlite3_io_methods>(bitPattern: methods)?.pointee
    }
}

private func openFile(
    _ system: UnsafeMutablePointer<sqlite3_vfs>?, _ path: UnsafePointer<CChar>?,
    _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32, _ outFlags: UnsafeMutablePointer<Int32>?
) -> Int32 {
    guard let original = unsafe sqlite3_vfs_find(nil), let open = unsafe original.pointee.xOpen,
        let file = unsafe file, let name = unsafe system?.pointee.zName
    else { return SQLITE_CANTOPEN }
    let result = unsafe open(system, path, file, flags, outFlags)
    guard result == SQLITE_OK, let real = unsafe file.pointee.pMethods, let path = unsafe path else { return result }
    let ours = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    unsafe ours.initialize(to: real.pointee)
    unsafe ours.pointee.xWrite = writeToFile
    unsafe ours.pointee.xSync = syncFile
    unsafe ours.pointee.xClose = closeFile
    unsafe file.pointee.pMethods = UnsafePointer(ours)
    let key = UInt(bitPattern: file)
    let entryPath = unsafe String(cString: path)
    let systemName = unsafe String(cString: name)
    let addresses = (UInt(bitPattern: real), UInt(bitPattern: ours))
    FaultFileSystem.registry.withLock { registry in
        guard let owner = registry.systems[systemName] else { return }
        registry.files[key] = .init(system: owner, path: entryPath, methods: addresses.0, ours: addresses.1)
    }
    return result
}

private func writeToFile(
    _ file: UnsafeMutablePointer<sqlite3_file>?, _ bytes: UnsafeRawPointer?, _ count: Int32, _ offset: sqlite3_int64
) -> Int32 {
    guard let entry = unsafe FaultFileSystem.file(file), let write = unsafe entry.real?.xWrite
    else { return SQLITE_IOERR }
    let hasRoom = entry.system.faults.withLock { faults in
        guard let left = faults.bytesLeft else { return true }
        faults.bytesLeft = max(0, left - Int(count))
        return left >= Int(count)
    }
    return unsafe hasRoom ? write(file, bytes, count, offset) : SQLITE_FULL
}

private func syncFile(_ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32) -> Int32 {
    guard let entry = unsafe FaultFileSystem.file(file), let sync = unsafe entry.real?.xSync
    else { return SQLITE_IOERR }
    let fails = entry.system.faults.withLock { faults in
        faults.syncs += entry.path.hasSuffix("-wal") ? 1 : 0
        return faults.doSyncsFail
    }
    if fails { return SQLITE_IOERR | 4 << 8 }
    let result = unsafe sync(file, flags)
    if result == SQLITE_OK { entry.system.keepCopy(of: entry.path) }
    return result
}

private func closeFile(_ file: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
    guard let file = unsafe file, let entry = unsafe FaultFileSystem.file(file), let close = unsafe entry.real?.xClose
    else { return SQLITE_IOERR }
    let key = UInt(bitPattern: file)
    FaultFileSystem.registry.withLock { _ = $0.files.removeValue(forKey: key) }
    unsafe file.pointee.pMethods = UnsafePointer(bitPattern: entry.methods)
    unsafe UnsafeMutablePointer<sqlite3_io_methods>(bitPattern: entry.ours)?.deallocate()
    return unsafe close(file)
}
