/// Writes a time as RFC 3339 in UTC with milliseconds: `2026-11-21T04:38:52.123Z`.
enum LogTimestamp {
    private static let millisecondsPerDay: Int64 = 86_400_000

    static func append(_ unixMilliseconds: Int64, to line: inout [UInt8]) {
        var rest = unixMilliseconds % millisecondsPerDay
        if rest < 0 { rest += millisecondsPerDay }
        let date = date(ofDay: Int((unixMilliseconds - rest) / millisecondsPerDay))
        append(date.year, width: 4, then: "-", to: &line)
        append(date.month, width: 2, then: "-", to: &line)
        append(date.day, width: 2, then: "T", to: &line)
        append(Int(rest / 3_600_000), width: 2, then: ":", to: &line)
        append(Int(rest / 60_000 % 60), width: 2, then: ":", to: &line)
        append(Int(rest / 1000 % 60), width: 2, then: ".", to: &line)
        append(Int(rest % 1000), width: 3, then: "Z", to: &line)
    }

    private static func append(_ number: Int, width: Int, then end: Unicode.Scalar, to line: inout [UInt8]) {
        var unit = 1
        for _ in 1..<width { unit *= 10 }
        while unit > 0 {
            line.append(UInt8(ascii: "0") + UInt8(number / unit % 10))
            unit /= 10
        }
        line.append(UInt8(ascii: end))
    }

    /// The Gregorian date of a day counted from 1970-01-01; years are counted from March, so that the leap day is last.
    private static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}
