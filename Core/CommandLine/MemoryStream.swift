import Synchronization

/// Output that is kept and input that is prepared, for tests and for commands that run inside the server.
package final class MemoryStream: CommandOutput, CommandInput {
    private struct Content {
        var written: [UInt8] = []
        var input: ArraySlice<UInt8>
        var failure: CommandStreamError?
        var echoChanges: [Bool] = []
    }

    private let content: Mutex<Content>
    package let isTerminal: Bool
    package let columns: Int?

    package init(input: String = "", isTerminal: Bool = false, columns: Int? = nil) {
        content = Mutex(Content(input: Array(input.utf8)[...]))
        self.isTerminal = isTerminal
        self.columns = columns
    }

    /// What was written so far.
    package var text: String { content.withLock { String(decoding: $0.written, as: UTF8.self) } }

    /// The calls of `setEcho` so far.
    package var echoChanges: [Bool] { content.withLock { $0.echoChanges } }

    /// Lets every further call fail.
    package func fail(_ failure: CommandStreamError) { content.withLock { $0.failure = failure } }

    package func write(_ bytes: [UInt8]) throws(CommandStreamError) {
        let failure = content.withLock { content in
            if content.failure == nil { content.written += bytes }
            return content.failure
        }
        if let failure { throw failure }
    }

    package func read(_ countMax: Int) throws(CommandStreamError) -> [UInt8] {
        let (bytes, failure) = content.withLock { content in
            defer { content.input = content.input.dropFirst(countMax) }
            return (Array(content.input.prefix(countMax)), content.failure)
        }
        if let failure { throw failure }
        return bytes
    }

    package func setEcho(_ isOn: Bool) { content.withLock { $0.echoChanges.append(isOn) } }
}
