extension UnixTime {
    /// `2026-11-21T04:48:51.123Z`, for logs and JSON: always UTC and three decimals. Years stop at 0 and 9999.
    package var rfc3339: String {
        let time = CalendarTime(clampedToFourDigitYears)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        Self.append(time.year, digits: 4, to: &text)
        for (separator, number) in [("-", time.month), ("-", time.day), ("T", time.hour)] {
            text.append(separator)
            Self.append(number, digits: 2, to: &text)
        }
        for number in [time.minute, time.second] {
            text.append(UInt8(ascii: ":"))
            Self.append(number, digits: 2, to: &text)
        }
        text.append(UInt8(ascii: "."))
        Self.append(time.millisecond, digits: 3, to: &text)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads an RFC 3339 time with `Z` or an offset; decimals beyond the third are dropped.
    ///
    /// A leap second (`:60`) is taken as the first instant of the next minute.
    package init?(rfc3339 text: String) {
        var scanner = TimeScanner(text)
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
            let day = scanner.number(2), scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.number(2), scanner.skip(":"), let minute = scanner.number(2), scanner.skip(":"),
            let second = scanner.number(2), second <= 60, let millisecond = scanner.fraction(),
            let offset = scanner.offset(), scanner.isAtEnd
        else { return nil }
        var time = CalendarTime(year: year, month: month, day: day)
        time.hour = hour
        time.minute = minute
        time.second = min(second, 59)
        guard let local = time.unixTime else { return nil }
        // The 61st second has no place of its own; its fraction cannot be told from the next second's.
        let tail: Int64 = second == 60 ? 1000 : Int64(millisecond)
        self.init(milliseconds: local.milliseconds + tail - Int64(offset) * 60_000)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the form HTTP requires to be sent.
    package var httpDate: String {
        let time = CalendarTime(clampedToFourDigitYears)
        var text: [UInt8] = []
        text.reserveCapacity(29)
        text.append(Self.weekdays[time.weekday])
        text.append(", ")
        Self.append(time.day, digits: 2, to: &text)
        text.append(" \(Self.months[time.month - 1]) ")
        Self.append(time.year, digits: 4, to: &text)
        text.append(UInt8(ascii: " "))
        Self.append(time.hour, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Self.append(time.minute, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Self.append(time.second, digits: 2, to: &text)
        text.append(" GMT")
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads the fixed form that ``httpDate`` writes; nothing for any other text, or a weekday that does not fit.
    package init?(httpDate text: String) {
        var scanner = TimeScanner(text)
        guard let weekday = scanner.name(in: Self.weekdays), scanner.skip(","), scanner.skip(" "),
            let day = scanner.number(2), scanner.skip(" "), let month = scanner.name(in: Self.months),
            scanner.skip(" "),
            let year = scanner.number(4), scanner.skip(" "), let hour = scanner.number(2), scanner.skip(":"),
            let minute = scanner.number(2), scanner.skip(":"), let second = scanner.number(2), second <= 60,
            scanner.skip(" "), scanner.skip("G"), scanner.skip("M"), scanner.skip("T"), scanner.isAtEnd
        else { return nil }
        var time = CalendarTime(year: year, month: month + 1, day: day)
        time.hour = hour
        time.minute = minute
        time.second = min(second, 59)
        guard let start = time.unixTime, time.weekday == weekday else { return nil }
        self.init(milliseconds: start.milliseconds + (second == 60 ? 1000 : 0))
    }

    private var clampedToFourDigitYears: UnixTime {
        // 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z.
        UnixTime(milliseconds: min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999))
    }

    private static func append(_ number: Int, digits: Int, to text: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}

/// Reads the pieces of a time text from left to right.
private struct TimeScanner {
    private let text: [UInt8]
    private var index = 0

    init(_ text: String) {
        self.text = Array(text.utf8)
    }

    var isAtEnd: Bool { index == text.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    mutating func number(_ digits: Int) -> Int? {
        guard index + digits <= text.count else { return nil }
        var number = 0
        for digit in text[index..<index + digits] {
            guard ASCII.isDigit(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        index += digits
        return number
    }

    mutating func name(in names: [String]) -> Int? {
        guard let place = names.firstIndex(where: { text[index...].starts(with: $0.utf8) }) else { return nil }
        index += names[place].utf8.count
        return place
    }

    /// Milliseconds after an optional point; nothing when the point has no digit behind it.
    mutating func fraction() -> Int? {
        guard skip(".") else { return 0 }
        let start = index
        var milliseconds = 0
        var weight = 100
        while index < text.count, ASCII.isDigit(text[index]) {
            milliseconds += Int(text[index] - UInt8(ascii: "0")) * weight
            weight /= 10
            index += 1
        }
        return index > start ? milliseconds : nil
    }

    /// Minutes east of UTC.
    mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(2), hours < 24, skip(":"), let minutes = number(2), minutes < 60 else {
            return nil
        }
        return sign * (hours * 60 + minutes)
    }
}
