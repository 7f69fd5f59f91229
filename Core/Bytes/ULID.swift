/// An identifier of 128 bits that sorts by the time it was made: 48 bits of milliseconds, then 80 random bits.
///
/// Its text is 26 characters of Crockford's base 32 in upper case, and sorts as the value does.
package struct ULID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The last moment an identifier can carry.
    package static let timeMax = UnixTime(milliseconds: 1 << 48 - 1)
    package static let textLength = 26

    private let high: UInt64
    private let low: UInt64

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new identifier; a time outside the range of the format (1970 to 10889) is moved to its border.
    package static func make(now: UnixTime, random: inout some RandomNumberGenerator) -> ULID {
        let time = UInt64(min(max(now.milliseconds, 0), timeMax.milliseconds))
        return ULID(high: time << 16 | random.next() >> 48, low: random.next())
    }

    /// The smallest identifier of that moment: what was made at or after it is not smaller.
    package init(firstAt time: UnixTime) {
        self.init(high: UInt64(min(max(time.milliseconds, 0), Self.timeMax.milliseconds)) << 16, low: 0)
    }

    /// The next larger identifier; nothing after the largest one.
    package var successor: ULID? {
        if low < .max { return ULID(high: high, low: low + 1) }
        return high < .max ? ULID(high: high + 1, low: 0) : nil
    }

    /// Reads the text in either case; nothing when it is no identifier.
    package init?(_ text: String) {
        let digits = text.utf8
        guard digits.count == Self.textLength else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (place, digit) in digits.enumerated() {
            let value = Self.values[Int(digit)]
            guard value < 32, place > 0 || value < 8 else { return nil }
            high = high << 5 | low >> 59
            low = low << 5 | UInt64(value)
        }
        self.init(high: high, low: low)
    }

    /// When it was made.
    package var time: UnixTime { UnixTime(milliseconds: Int64(high >> 16)) }

    package var description: String {
        var text = [UInt8](repeating: 0, count: Self.textLength)
        var high = high
        var low = low
        for place in stride(from: Self.textLength - 1, through: 0, by: -1) {
            text[place] = Self.digits[Int(low & 31)]
            low = low >> 5 | high << 59
            high >>= 5
        }
        return String(decoding: text, as: UTF8.self)
    }

    package static func < (one: ULID, other: ULID) -> Bool {
        one.high != other.high ? one.high < other.high : one.low < other.low
    }

    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in digits.enumerated() {
            values[Int(digit)] = UInt8(value)
            values[Int(ASCII.lowercase(digit))] = UInt8(value)
        }
        return values
    }()
}
