import Glibc

/// A thread of its own, for a test's partner that blocks: the threads that tests share must not all wait.
final class BackgroundThread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private var thread = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) {
        let work = unsafe Unmanaged.passRetained(Work(body)).toOpaque()
        _ = unsafe pthread_create(&thread, nil, BackgroundThread.main, work)
    }

    private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { work in
        if let work = unsafe work { unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
        return nil
    }

    /// Waits for its end.
    func join() { _ = pthread_join(thread, nil) }
}
