import GantryCommandLine

/// How long a token is good for, as a user writes it.
enum TokenLifetime {
    private static let units: [(name: Character, seconds: Int)] = [
        ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400), ("w", 604_800), ("y", 31_536_000),
    ]

    /// The seconds of `90d`, `12h`, `30m`, `45s`, `2w` or `1y`.
    static func seconds(_ text: String) throws(CommandError) -> Int {
        guard let unit = units.first(where: { $0.name == text.last }), text.utf8.count <= 12,
            text.dropLast().utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text.dropLast()),
            number > 0, case (let seconds, let isTooLong) = number.multipliedReportingOverflow(by: unit.seconds),
            !isTooLong
        else {
            throw CommandError(
                "\"\(text)\" is no time", hint: "write a number and s, m, h, d, w or y, such as 90d", exitCode: .usage)
        }
        return seconds
    }
}
