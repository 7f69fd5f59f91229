internal import CLibUV
internal import Glibc

/// A child process on a loop: started by `init`, reaped by the loop whether or not anybody waits.
package final class ChildProcess: LoopHandle {
    /// The process id; after the exit it may belong to another process.
    package private(set) var id: Int32 = 0
    /// What the child reads, when its input is a pipe; ending the writing is the child's end of file.
    package private(set) var input: SocketStream?
    /// What the child writes, when its output is a pipe.
    package private(set) var output: SocketStream?
    /// What the child writes to its error output, when that is a pipe.
    package private(set) var errorOutput: SocketStream?
    /// How the child ended; nil while it runs.
    package private(set) var exit: ChildExit?

    private let name: String
    private let startsSession: Bool
    private let outlivesLoop: Bool
    private var waiters: [LoopWaiter] = []
    private var isGroupGone = false
    private var isReaped: Bool { exit != nil }

    /// Starts the child. Throws when the program does not exist, may not be executed, or no process can be made;
    /// nothing is left open then.
    package init(_ command: ChildCommand, on loop: Loop) throws(LoopError) {
        name = command.arguments.first ?? ""
        startsSession = command.startsSession
        outlivesLoop = command.outlivesLoop
        guard !name.isEmpty, let spawn = SpawnOptions(command) else { throw LoopError(.invalidArgument, "start", name) }
        let plumbing = try ChildPlumbing(command)
        defer { plumbing.closeRemaining() }
        var result: Int32 = 0
        // libuv's handle must be closed even when the spawn fails, so the failure is kept until the handle is set up.
        try unsafe super.init(uv_process_t.self, .process, on: loop, "start", name) { uv, process in
            unsafe plumbing.withContainers { containers in
                unsafe spawn.with(containers, onChildExit) { result = unsafe uv_spawn(uv, process, $0) }
            }
            return 0
        }
        guard !isClosed else { throw LoopError(.cancelled, "start", name) }
        guard result == 0 else {
            beginClose()
            throw LoopError(.init(rawValue: result), "start", name)
        }
        id = unsafe raw.assumingMemoryBound(to: uv_process_t.self).pointee.pid
        do throws(LoopError) {
            input = try plumbing.takeStream(0, on: loop)
            output = try plumbing.takeStream(1, on: loop)
            errorOutput = try plumbing.takeStream(2, on: loop)
        } catch {
            kill(SIGKILL)
            [input, output, errorOutput].forEach { $0?.close() }
            throw error
        }
    }

    /// Waits for the end of the child; several tasks may. The child runs on after a deadline or a cancellation.
    package func wait(deadline: ContinuousClock.Instant? = nil) async throws -> ChildExit {
        loop.preconditionCurrent()
        if exit == nil, !isClosed {
            let waiter = LoopWaiter(on: loop, deadline: deadline, "wait for", name)
            waiters.append(waiter)
            defer { waiters.removeAll { $0 === waiter } }
            try await waiter.wait()
        }
        guard let exit else { throw LoopError(.cancelled, "wait for", name) }
        return exit
    }

    /// Sends a signal to the child; false when it has ended already or may not be signalled.
    @discardableResult package func kill(_ signal: Int32) -> Bool {
        loop.preconditionCurrent()
        guard !isClosed, !isReaped else { return false }
        return unsafe uv_process_kill(raw.assumingMemoryBound(to: uv_process_t.self), signal) == 0
    }

    /// Sends a signal to the child's whole process group; only for a child that starts a session.
    ///
    /// Legal after the child's own exit too, for descendants that live on: the group's number stays theirs until the
    /// last one has ended. False when the group is empty.
    @discardableResult package func killGroup(_ signal: Int32) -> Bool {
        loop.preconditionCurrent()
        precondition(startsSession, "the child shares this process's group")
        guard !isGroupGone, id > 0 else { return false }
        if Glibc.kill(-id, signal) == 0 { return true }
        // Once the group is empty its number may be given to others.
        isGroupGone = isReaped && errno == ESRCH
        return false
    }

    override func loopIsStopping() {
        if outlivesLoop { return beginClose() }
        // The exit callback closes the handle, so that the child is reaped before the loop ends.
        if startsSession { killGroup(SIGKILL) } else { kill(SIGKILL) }
    }

    override func didClose() {
        waiters.forEach { $0.finish(.success(())) }
        waiters = []
    }

    fileprivate func didExit(status: Int64, signal: Int32) {
        exit = signal == 0 ? .exited(code: Int32(truncatingIfNeeded: status)) : .signalled(signal)
        waiters.forEach { $0.finish(.success(())) }
        waiters = []
        beginClose()
    }
}

private func onChildExit(_ process: UnsafeMutablePointer<uv_process_t>?, _ status: Int64, _ signal: Int32) {
    guard let data = unsafe process?.pointee.data else { return }
    unsafe Unmanaged<ChildProcess>.fromOpaque(data).takeUnretainedValue().didExit(status: status, signal: signal)
}
