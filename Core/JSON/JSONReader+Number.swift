import GantryBytes

extension JSONReader {
    /// The digits of a number as they are gathered.
    private struct Digits {
        var mantissa: UInt64 = 0
        /// Power of ten to apply to the mantissa.
        var exponent = 0
        /// Whether the mantissa lost digits, so that only the text is exact.
        var isCut = false

        mutating func add(_ digit: UInt8) {
            let (tens, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            if overflow || carry || isCut {
                isCut = true
            } else {
                mantissa = sum
            }
        }
    }

    /// Reads the number that begins at `offset`.
    mutating func number(_ bytes: Span<UInt8>) throws(JSONError) -> JSONToken {
        let start = offset
        let isNegative = bytes[offset] == UInt8(ascii: "-")
        if isNegative { offset += 1 }
        if isNegative, options.acceptsNonFiniteNumbers, offset < bytes.count, bytes[offset] == UInt8(ascii: "I") {
            try word("Infinity", bytes)
            return .number(-.infinity)
        }
        var digits = Digits()
        try wholePart(&digits, bytes)
        var isInteger = true
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            isInteger = false
            offset += 1
            let first = offset
            try run(&digits, bytes, "a digit after the point")
            digits.exponent -= offset - first
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            try exponent(&digits, bytes)
        }
        guard offset - start <= JSONLimits.numberBytesMax else {
            throw error(.numberOutOfRange, at: start, bytes, "a number of more than \(JSONLimits.numberBytesMax) bytes")
        }
        if isInteger, !digits.isCut, let token = Self.integer(digits.mantissa, isNegative) { return token }
        return .number(try double(digits, isNegative, start..<offset, bytes))
    }

    private mutating func wholePart(_ digits: inout Digits, _ bytes: Span<UInt8>) throws(JSONError) {
        let first = offset
        try run(&digits, bytes, "a digit")
        if bytes[first] == UInt8(ascii: "0") && offset > first + 1 {
            throw error(.invalidNumber, at: first, bytes, "a number must not begin with 0")
        }
    }

    /// Reads one digit or more.
    private mutating func run(
        _ digits: inout Digits, _ bytes: Span<UInt8>, _ expected: StaticString
    ) throws(JSONError) {
        let first = offset
        while offset < bytes.count, ASCII.isDigit(bytes[offset]) {
            digits.add(bytes[offset])
            offset += 1
        }
        guard offset > first else { throw missingDigit("\(expected)", bytes) }
    }

    private mutating func exponent(_ digits: inout Digits, _ bytes: Span<UInt8>) throws(JSONError) {
        offset += 1
        var isNegative = false
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "-") || bytes[offset] == UInt8(ascii: "+") {
            isNegative = bytes[offset] == UInt8(ascii: "-")
            offset += 1
        }
        let first = offset
        var power = 0
        while offset < bytes.count, ASCII.isDigit(bytes[offset]) {
            // Beyond this the number is zero or out of range, whatever its digits are.
            power = min(power * 10 + Int(bytes[offset] - UInt8(ascii: "0")), 1_000_000)
            offset += 1
        }
        guard offset > first else { throw missingDigit("a digit of the exponent", bytes) }
        digits.exponent += isNegative ? -power : power
    }

    private func missingDigit(_ expected: String, _ bytes: Span<UInt8>) -> JSONError {
        guard offset < bytes.count else { return end(bytes, expected) }
        return error(.invalidNumber, bytes, "expected \(expected), found \(Self.name(bytes[offset]))")
    }

    private static func integer(_ magnitude: UInt64, _ isNegative: Bool) -> JSONToken? {
        guard isNegative else {
            return Int64(exactly: magnitude).map(JSONToken.integer) ?? .unsigned(magnitude)
        }
        guard magnitude <= Int64.min.magnitude else { return nil }
        return .integer(Int64(truncatingIfNeeded: 0 &- magnitude))
    }

    private func double(
        _ digits: Digits, _ isNegative: Bool, _ range: Range<Int>, _ bytes: Span<UInt8>
    ) throws(JSONError) -> Double {
        // Both factors are exact doubles, so their product or quotient is rounded once, that is rightly.
        if !digits.isCut, digits.mantissa <= 1 << 53, abs(digits.exponent) < Self.powersOfTen.count {
            let power = Self.powersOfTen[abs(digits.exponent)]
            let mantissa = isNegative ? -Double(digits.mantissa) : Double(digits.mantissa)
            return digits.exponent < 0 ? mantissa / power : mantissa * power
        }
        let text = String(decoding: [UInt8](bytes.extracting(range)), as: UTF8.self)
        guard let value = Double(text), value.isFinite || options.acceptsNonFiniteNumbers else {
            throw error(.numberOutOfRange, at: range.lowerBound, bytes, "a number too large for a double")
        }
        return value
    }

    /// The powers of ten that a double holds exactly.
    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
