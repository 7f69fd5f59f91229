import Glibc

/// A value behind a lock whose holder can wait for it to change, for threads that sleep until there is work.
///
/// Made of pthread objects, which also lets the thread sanitizer follow it: on Linux it does not see all of `Mutex`.
// SAFETY: `state` is touched only while `lock` is held; both pthread objects live on the heap until deinit.
@safe final class Monitor<State>: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var state: State
    private var sleepers = 0

    init(_ state: State) {
        self.state = state
        unsafe lock = .allocate(capacity: 1)
        unsafe changed = .allocate(capacity: 1)
        unsafe lock.initialize(to: pthread_mutex_t())
        unsafe changed.initialize(to: pthread_cond_t())
        unsafe pthread_mutex_init(lock, nil)
        unsafe pthread_cond_init(changed, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(lock)
        unsafe changed.deallocate()
        unsafe lock.deallocate()
    }

    func withLock<R>(_ body: (inout State) -> R) -> R {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        return body(&state)
    }

    /// As `withLock`, then wakes one sleeper, or all; costs no system call when nobody sleeps.
    func change<R>(wakeAll: Bool = false, _ body: (inout State) -> R) -> R {
        unsafe pthread_mutex_lock(lock)
        let result = body(&state)
        let isAnyoneAsleep = sleepers > 0
        unsafe pthread_mutex_unlock(lock)
        if isAnyoneAsleep {
            _ = unsafe wakeAll ? pthread_cond_broadcast(changed) : pthread_cond_signal(changed)
        }
        return result
    }

    /// Sleeps until `body` answers something.
    func wait<R>(_ body: (inout State) -> R?) -> R {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        while true {
            if let result = body(&state) { return result }
            sleepers += 1
            unsafe pthread_cond_wait(changed, lock)
            sleepers -= 1
        }
    }
}
