import Glibc
import Synchronization

/// Writes each event as one line with one `write`, to a file that may be renamed under it or to standard error.
///
/// Owner of the descriptor; all writes and `reopen` pass one lock, so that no line falls between two files. A write
/// that fails loses its line and is counted; the first line that gets through again is preceded by one that names the
/// loss.
package final class FileLogSink: LogSink {
    private struct Output {
        var descriptor: Int32
        /// A line was begun and could not be finished; the next one must not be glued to it.
        var isLineTorn = false
        var droppedUnreported = 0
        var droppedTotal = 0
    }

    /// The format of the lines.
    package let format: LogFormat
    private let path: String?
    private let stalledWriteMillisecondsMax: Int32
    private let output: Mutex<Output>

    /// Opens, and makes if missing, the file at `path` for appending; only owner and group may read it.
    package init(path: String, format: LogFormat) throws(LogError) {
        self.path = path
        self.format = format
        stalledWriteMillisecondsMax = LogLimits.stalledWriteMillisecondsMax
        output = Mutex(Output(descriptor: try FileLogSink.open(path)))
    }

    /// Writes to a descriptor that stays the caller's: 2 for standard error.
    package init(
        descriptor: Int32, format: LogFormat, stalledWriteMillisecondsMax: Int32 = LogLimits.stalledWriteMillisecondsMax
    ) {
        path = nil
        self.format = format
        self.stalledWriteMillisecondsMax = stalledWriteMillisecondsMax
        output = Mutex(Output(descriptor: descriptor))
    }

    deinit {
        guard path != nil else { return }
        output.withLock { output in _ = close(output.descriptor) }
    }

    /// Lines lost since the sink was made.
    package var droppedLines: Int { output.withLock { $0.droppedTotal } }

    package func write(_ event: LogEvent) {
        let line = format.line(event)
        output.withLock { output in
            if output.droppedUnreported > 0 {
                guard put(lossLine(output.droppedUnreported, at: event), to: &output) else {
                    output.droppedUnreported += 1
                    output.droppedTotal += 1
                    return
                }
                output.droppedUnreported = 0
            }
            guard !put(line, to: &output) else { return }
            output.droppedUnreported += 1
            output.droppedTotal += 1
        }
    }

    /// Opens the path again after the file was renamed (log rotation). When that fails the old file stays in use.
    package func reopen() throws(LogError) {
        guard let path else { return }
        let fresh = try FileLogSink.open(path)
        let old = output.withLock { output in
            defer {
                output.descriptor = fresh
                output.isLineTorn = false
            }
            return output.descriptor
        }
        _ = close(old)
    }

    private func lossLine(_ count: Int, at event: LogEvent) -> [UInt8] {
        format.line(
            LogEvent(
                time: event.time, level: .warning, message: "log lines were lost",
                fields: ["lines_lost": .int(count)]))
    }

    private func put(_ line: [UInt8], to output: inout Output) -> Bool {
        let bytes = output.isLineTorn ? [UInt8(ascii: "\n")] + line : line
        // Who stalled once is not waited for again until a line gets through.
        let patience = output.droppedUnreported > 0 ? 0 : stalledWriteMillisecondsMax
        let written = FileLogSink.writeAll(bytes, to: output.descriptor, patience: patience)
        if written == bytes.count {
            output.isLineTorn = false
            return true
        }
        // With nothing written the state of the last line is as it was.
        if written > 0 { output.isLineTorn = !(output.isLineTorn && written == 1) }
        return false
    }

    /// Writes until done or failed; answers how many bytes went out.
    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, patience: Int32) -> Int {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { raw in
                unsafe Glibc.write(descriptor, raw.baseAddress.map { unsafe $0 + done }, raw.count - done)
            }
            if count > 0 {
                done += count
            } else if count < 0 && errno == EINTR {
                continue
            } else if count < 0 && errno == EAGAIN && waitUntilWritable(descriptor, patience) {
                continue
            } else {
                return done
            }
        }
        return done
    }

    private static func waitUntilWritable(_ descriptor: Int32, _ patience: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&request, 1, patience) == 1
            && request.revents & Int16(POLLOUT) != 0
    }

    private static func open(_ path: String) throws(LogError) -> Int32 {
        while true {
            let descriptor = unsafe Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
            if descriptor >= 0 { return descriptor }
            let code = errno
            if code == EINTR { continue }
            throw LogError(path: path, code: code, reason: reason(code))
        }
    }

    private static func reason(_ code: Int32) -> String {
        var words = [CChar](repeating: 0, count: 128)
        guard unsafe strerror_r(code, &words, words.count) == 0 else { return "error \(code)" }
        return String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
