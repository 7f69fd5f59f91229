public import GantryJSON
import Glibc
import Synchronization

/// All that a command sees of the outside: output, input, environment, and how the user wants to be spoken to.
///
/// Results go to standard output, everything else (notices, progress, errors) to standard error. Once nobody reads
/// standard output any more, further output is dropped silently and the command's own exit status stands; a command
/// whose output has no end looks at ``isOutputClosed`` and returns ``ExitCode/brokenPipe``. Calls block.
public struct CommandContext: Sendable {
    /// The environment variables.
    public let environment: [String: String]
    /// Whether results are to be JSON (`--json`).
    public var isJSON = false
    /// Whether notices are unwanted (`--quiet`).
    public var isQuiet = false
    /// Whether details are wanted (`--verbose`).
    public var isVerbose = false
    /// Whether colour is switched off by the user (`--no-color`, `NO_COLOR`, `TERM=dumb`).
    var isColorOff: Bool
    let programName: String
    /// The whole tree of commands, for those that tell about it.
    var root: Command
    let clock: @Sendable () -> ContinuousClock.Instant
    private let output: any CommandOutput
    private let errors: any CommandOutput
    private let input: any CommandInput
    private let state = OutputState()

    /// The width that text is laid out for when the output does not tell its own.
    package static let columnsDefault = 80
    /// Bytes that one line of input may have.
    package static let inputLineBytesMax = 64 * 1024

    package init(
        programName: String, output: any CommandOutput, errors: any CommandOutput, input: any CommandInput,
        environment: [String: String], clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.programName = programName
        root = Command(programName, "", subcommands: [])
        self.output = output
        self.errors = errors
        self.input = input
        self.environment = environment
        self.clock = clock
        isColorOff = environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
    }

    /// Whether a person reads standard output.
    public var isTerminal: Bool { output.isTerminal }

    /// Whether a person types standard input.
    public var isInputTerminal: Bool { input.isTerminal }

    /// The columns that output is laid out for.
    public var columns: Int { max(20, output.columns ?? CommandContext.columnsDefault) }

    /// Whether nobody reads standard output any more; a command with endless output stops then.
    public var isOutputClosed: Bool { state.failure.withLock { $0 != nil } }

    /// Writes a line of results.
    public func writeLine(_ line: String) { write(line + "\n") }

    /// Writes text as it is, without a line feed.
    public func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes results as they are.
    public func write(_ bytes: [UInt8]) {
        guard !isOutputClosed else { return }
        do {
            try output.write(bytes)
        } catch {
            state.failure.withLock { $0 = error }
        }
    }

    /// Writes a JSON value as one line: the result of a command in JSON mode.
    public func write(json value: JSONValue) { writeLine(value.text()) }

    /// Tells something that is no result, on standard error, unless the user wants quiet.
    public func notice(_ line: String) {
        if !isQuiet { writeError(line + "\n") }
    }

    /// Tells something that must not be lost, on standard error, also when the user wants quiet.
    public func tell(_ line: String) { writeError(line + "\n") }

    /// Tells details on standard error, if the user wants them.
    public func detail(_ line: String) {
        if isVerbose { writeError(line + "\n") }
    }

    /// Whether messages on standard error may be coloured.
    var isErrorColored: Bool { errors.isTerminal && !isColorOff }

    /// Standard error cannot report its own failure, so there is nobody to tell.
    func writeError(_ text: String) { try? errors.write(Array(text.utf8)) }

    /// Writes a table: aligned columns, cut to the width only on a terminal.
    public func write(_ table: Table) {
        for line in table.lines(width: isTerminal ? columns : nil) { writeLine(line) }
    }

    /// The text in a style, if standard output is a terminal that shows colours.
    public func styled(_ text: String, _ style: TextStyle) -> String {
        isTerminal && !isColorOff ? style.applied(to: text) : text
    }

    /// A bar for something that takes long; shows nothing unless standard error is a terminal.
    public func progress(_ label: String, total: Int?, unit: ProgressUnit = .items) -> ProgressReporter {
        let isShown = errors.isTerminal && !isQuiet && !isJSON
        return ProgressReporter(
            bar: ProgressBar(label: label, total: total, unit: unit), isShown: isShown, clock: clock,
            columns: { max(20, errors.columns ?? CommandContext.columnsDefault) }, write: writeError)
    }

    /// The next line of standard input without its line feed; `nil` at the end.
    ///
    /// - Throws: a ``CommandError`` when reading fails or the line is longer than 64 KiB.
    public func readLine() throws(CommandError) -> String? {
        var line: [UInt8] = []
        while let byte = try readInput(1).first {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            guard line.count < CommandContext.inputLineBytesMax else {
                throw CommandError("a line of standard input is too long", exitCode: .badData)
            }
            line.append(byte)
        }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }

    /// The next bytes of standard input; empty at its end.
    public func readInput(_ countMax: Int) throws(CommandError) -> [UInt8] {
        do {
            return try input.read(countMax)
        } catch {
            throw CommandError("cannot read standard input: \(error.reason)", exitCode: .inputOutput)
        }
    }

    /// Asks for a line that is not shown while it is typed, such as a password. Without a terminal it is just read.
    public func readSecret(prompt: String) throws(CommandError) -> String? {
        guard input.isTerminal else { return try readLine() }
        // In this order: nobody types at a prompt that still shows it.
        input.setEcho(false)
        writeError(prompt)
        defer {
            input.setEcho(true)
            writeError("\n")
        }
        return try readLine()
    }

    /// What the program ends with, once standard output is taken into account: a full disk must not look like success.
    func finalCode(_ code: ExitCode) -> ExitCode {
        guard let failure = state.failure.withLock({ $0 }), failure.code != EPIPE, code == .ok else { return code }
        report(CommandError("cannot write standard output: \(failure.reason)", exitCode: .inputOutput))
        return .inputOutput
    }
}

/// Shared by all copies of a context.
private final class OutputState: Sendable {
    let failure = Mutex<CommandStreamError?>(nil)
}
