import CSQLite
import Glibc

/// Starts threads of the engine's own; each tells its end by itself.
enum WorkerThread {
    fileprivate final class Entry {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// `name` has 15 bytes at most.
    static func start(name: String, body: @escaping @Sendable () -> Void) throws(StorageError) {
        let entry = unsafe Unmanaged.passRetained(Entry(name: name, body: body))
        var thread = pthread_t()
        let result = unsafe pthread_create(&thread, nil, workerThreadMain, entry.toOpaque())
        guard result == 0 else {
            unsafe entry.release()
            let reason = unsafe String(cString: strerror(result))
            throw StorageError(.outOfMemory, "starting thread \(name): \(reason)")
        }
        pthread_detach(thread)
    }

    fileprivate static func run(_ context: UnsafeMutableRawPointer) {
        let entry = unsafe Unmanaged<Entry>.fromOpaque(context).takeRetainedValue()
        unsafe gantry_sqlite_name_thread(entry.name)
        entry.body()
    }
}

private func workerThreadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context = unsafe context { unsafe WorkerThread.run(context) }
    return nil
}
