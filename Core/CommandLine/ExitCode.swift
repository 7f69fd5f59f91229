/// What a command tells its caller by its exit status; the numbers follow `sysexits.h` where that has one.
///
/// `gantry run` ends with the exit status of the job instead, whatever that is.
public struct ExitCode: RawRepresentable, Sendable, Hashable {
    /// The status as the shell sees it.
    public let rawValue: Int32

    /// Any status; only the low eight bits reach the caller's shell.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Everything asked for was done.
    public static let ok = ExitCode(rawValue: 0)
    /// The command was understood and did not succeed.
    public static let failure = ExitCode(rawValue: 1)
    /// Unknown command or option, missing or malformed argument.
    public static let usage = ExitCode(rawValue: 64)
    /// Input data are malformed.
    public static let badData = ExitCode(rawValue: 65)
    /// An input file is missing or unreadable.
    public static let noInput = ExitCode(rawValue: 66)
    /// The server, or what it needs, does not answer.
    public static let unavailable = ExitCode(rawValue: 69)
    /// A fault in Gantry itself.
    public static let internalFault = ExitCode(rawValue: 70)
    /// An output file cannot be made.
    public static let cannotCreate = ExitCode(rawValue: 73)
    /// Reading or writing failed on the way: a full disk, a broken device.
    public static let inputOutput = ExitCode(rawValue: 74)
    /// Not now; the same command may succeed later.
    public static let temporary = ExitCode(rawValue: 75)
    /// Not logged in, or not allowed.
    public static let permission = ExitCode(rawValue: 77)
    /// The configuration is wrong.
    public static let configuration = ExitCode(rawValue: 78)
    /// Ended by an interrupt from the keyboard.
    public static let interrupted = ExitCode(rawValue: 130)
    /// A stream without end was cut because nobody reads standard output any more.
    public static let brokenPipe = ExitCode(rawValue: 141)

    /// Each code with the sentence of the manual, in the order of the numbers.
    package static let documented: [(code: ExitCode, meaning: String)] = [
        (.ok, "everything asked for was done"),
        (.failure, "the command was understood and did not succeed"),
        (.usage, "unknown command or option, missing or malformed argument"),
        (.badData, "input data are malformed"),
        (.noInput, "an input file is missing or unreadable"),
        (.unavailable, "the server, or what it needs, does not answer"),
        (.internalFault, "a fault in Gantry itself"),
        (.cannotCreate, "an output file cannot be made"),
        (.inputOutput, "reading or writing failed on the way"),
        (.temporary, "not now; the same command may succeed later"),
        (.permission, "not logged in, or not allowed"),
        (.configuration, "the configuration is wrong"),
        (.interrupted, "ended by an interrupt from the keyboard"),
        (.brokenPipe, "a stream without end was cut because nobody reads its output"),
    ]
}
