import GantryJSON
import Testing

@Suite struct JSONReaderTests {
    @Test func givesTokensWithTheirPlaces() throws {
        let text = Array(#"{"a" : [1, -2.5e1, true, null], "b":"x"} "#.utf8)
        var reader = JSONReader()
        var found: [(JSONToken, Int, Int)] = []
        while true {
            let token = try reader.next(text.span)
            if token == .end { break }
            found.append((token, reader.tokenStart, reader.offset))
        }
        #expect(
            found.map(\.0) == [
                .beginObject, .key("a"), .beginArray, .integer(1), .number(-25), .bool(true), .null, .endArray,
                .key("b"), .string("x"), .endObject,
            ])
        #expect(found.map(\.1) == [0, 1, 7, 8, 11, 19, 25, 29, 32, 36, 39])
        // A key's token takes its colon in.
        #expect(found.map(\.2) == [1, 6, 8, 9, 17, 23, 29, 30, 36, 39, 40])
        #expect(try reader.next(text.span) == .end)
    }

    static let numbers: [(String, JSONValue)] = [
        ("0", 0), ("-0", 0), ("7", 7), ("-1", -1), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .unsigned(1 << 63)),
        ("18446744073709551615", .unsigned(.max)), ("18446744073709551616", .number(18_446_744_073_709_551_616)),
        ("-9223372036854775809", .number(-9_223_372_036_854_775_808)), ("1.0", .number(1)), ("-0.0", .number(-0.0)),
        ("1e2", .number(100)), ("1E+2", .number(100)), ("1e-2", .number(0.01)), ("0e0", .number(0)),
        ("0.1", .number(0.1)), ("123456789.123456789", .number(123_456_789.123456789)), ("1e308", .number(1e308)),
        ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)), ("5e-324", .number(.leastNonzeroMagnitude)),
        ("1e-400", .number(0)), ("9007199254740993.0", .number(9_007_199_254_740_992)),
        ("2.2250738585072011e-308", .number(Double(bitPattern: 0xF_FFFF_FFFF_FFFF))), ("1e23", .number(1e23)),
        ("1e22", .number(1e22)),
        ("123456789012345678901234567890", .number(123_456_789_012_345_677_877_719_597_056)),
        ("0.000000000000000000000000000001", .number(1e-30)), ("4.35", .number(4.35)), ("3.0e0", .number(3)),
        ("1" + String(repeating: "0", count: 300), .number(1e300)),
        ("0." + String(repeating: "0", count: 300) + "1", .number(1e-301)),
        ("0e99999999999999999999999", .number(0)),
    ]

    @Test(arguments: numbers)
    func readsNumbersExactly(text: String, value: JSONValue) throws {
        let read = try JSONValue.parse(text)
        #expect(read == value)
        if let number = value.number { #expect(read.number?.sign == number.sign || text == "-0") }
        #expect(try JSONValue.parse("[ \(text) ]") == [value])
    }

    static let strings: [(String, String)] = [
        (#""""#, ""), (#""a""#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (#""\u0041\u00e9\u20AC""#, "Aé€"),
        (#""\ud83d\ude00""#, "😀"), (#""\uD83D\uDE00x""#, "😀x"), (#""é€😀""#, "é€😀"), (#""é\n€""#, "é\n€"),
        (#""\u0000""#, "\0"), ("\"\u{7f}\"", "\u{7f}"), (#""\udbff\udfff""#, "\u{10ffff}"), (#""\uffff""#, "\u{ffff}"),
        ("\"\u{2028}\u{feff}\"", "\u{2028}\u{feff}"), (#""exactly fifteen""#, "exactly fifteen"),
        (#""more than fifteen bytes""#, "more than fifteen bytes"),
    ]

    @Test(arguments: strings)
    func readsStrings(text: String, meaning: String) throws {
        let read = try #require(try JSONValue.parse(text).string)
        #expect(Array(read.utf8) == Array(meaning.utf8))
    }

    static let valid: [(String, JSONValue)] = [
        ("null", nil), (" true\t\r\n", true), ("false", false), ("[]", []), ("[ ]", []), ("{}", [:]), ("{ \n}", [:]),
        ("[[],{}]", [[], [:]]), ("[1,[2,[3]]]", [1, [2, [3]]]), (#"{"":0}"#, ["": 0]),
        (#"{"a":{"b":[{"c":null}]}}"#, ["a": ["b": [["c": nil]]]]), (#"{"a":1 , "b" : 2}"#, ["a": 1, "b": 2]),
        // Keys that only look the same are not the same.
        ("{\"\u{e9}\":1,\"e\u{301}\":2}", ["\u{e9}": 1, "e\u{301}": 2]),
        // … not even when they are of one length.
        ("{\"a\u{327}\u{301}\":1,\"a\u{301}\u{327}\":2}", ["a\u{327}\u{301}": 1, "a\u{301}\u{327}": 2]),
    ]

    @Test(arguments: valid)
    func readsDocuments(text: String, value: JSONValue) throws {
        #expect(try JSONValue.parse(text) == value)
        #expect(try JSONNode.parse(Array(text.utf8)).value == value)
    }

    static let invalid: [(String, String, String)] = [
        ("", "unexpected_end", "1:1: expected a value, found the end of the text"),
        (" \n ", "unexpected_end", "2:2: expected a value, found the end of the text"),
        ("[1,]", "syntax", "1:4: expected a value, found \"]\""),
        ("[,1]", "syntax", "1:2: expected a value, found \",\""),
        ("[1 2]", "syntax", "1:4: expected \",\" or \"]\", found \"2\""),
        ("[1}", "syntax", "1:3: expected \",\" or \"]\", found \"}\""),
        ("{\"a\":1]", "syntax", "1:7: expected \",\" or \"}\", found \"]\""),
        ("{\"a\":1,}", "syntax", "1:8: expected a key in quotes, found \"}\""),
        ("{,}", "syntax", "1:2: expected a key in quotes, found \",\""),
        ("{a:1}", "syntax", "1:2: expected a key in quotes, found \"a\""),
        ("{1:1}", "syntax", "1:2: expected a key in quotes, found \"1\""),
        ("{\"a\" 1}", "syntax", "1:6: expected \":\", found \"1\""),
        ("{\"a\"::1}", "syntax", "1:6: expected a value, found \":\""),
        ("{\"a\":}", "syntax", "1:6: expected a value, found \"}\""),
        ("]", "syntax", "1:1: expected a value, found \"]\""),
        ("'a'", "syntax", "1:1: expected a value, found \"'\""),
        ("// x\n1", "syntax", "1:1: expected a value, found \"/\""),
        ("[1]\n]", "trailing_bytes", "2:1: expected the end, found \"]\""),
        ("1 2", "trailing_bytes", "1:3: expected the end, found \"2\""),
        ("nul", "unexpected_end", "1:4: expected null, found the end of the text"),
        ("nulL", "syntax", "1:4: expected null, found \"L\" in it"),
        ("True", "syntax", "1:1: expected a value, found \"T\""),
        ("trueish", "trailing_bytes", "1:5: expected the end, found \"i\""),
        ("NaN", "syntax", "1:1: expected a value, found \"N\""),
        ("Infinity", "syntax", "1:1: expected a value, found \"I\""),
        ("-Infinity", "invalid_number", "1:2: expected a digit, found \"I\""),
        ("+1", "syntax", "1:1: expected a value, found \"+\""),
        ("-", "unexpected_end", "1:2: expected a digit, found the end of the text"),
        ("-a", "invalid_number", "1:2: expected a digit, found \"a\""),
        ("01", "invalid_number", "1:1: a number must not begin with 0"),
        ("-01", "invalid_number", "1:2: a number must not begin with 0"),
        ("00", "invalid_number", "1:1: a number must not begin with 0"),
        (".5", "syntax", "1:1: expected a value, found \".\""),
        ("1.", "unexpected_end", "1:3: expected a digit after the point, found the end of the text"),
        ("[1.]", "invalid_number", "1:4: expected a digit after the point, found \"]\""),
        ("1.e1", "invalid_number", "1:3: expected a digit after the point, found \"e\""),
        ("1e", "unexpected_end", "1:3: expected a digit of the exponent, found the end of the text"),
        ("1e+", "unexpected_end", "1:4: expected a digit of the exponent, found the end of the text"),
        ("[1e]", "invalid_number", "1:4: expected a digit of the exponent, found \"]\""),
        ("0x10", "trailing_bytes", "1:2: expected the end, found \"x\""),
        ("1_000", "trailing_bytes", "1:2: expected the end, found \"_\""),
        ("1e400", "number_out_of_range", "1:1: a number too large for a double"),
        ("[-1e400]", "number_out_of_range", "1:2: a number too large for a double"),
        ("\"", "unexpected_end", "1:2: expected the closing quote, found the end of the text"),
        ("\"a\\", "unexpected_end", "1:4: expected an escape, found the end of the text"),
        ("\"a\\\"", "unexpected_end", "1:5: expected the closing quote, found the end of the text"),
        ("\"\\x\"", "invalid_escape", "1:3: no escape begins with \"x\""),
        ("\"\\U0041\"", "invalid_escape", "1:3: no escape begins with \"U\""),
        ("\"\\u12g4\"", "invalid_escape", "1:6: expected four hex digits after \\u"),
        ("\"\\u12\"", "invalid_escape", "1:6: expected four hex digits after \\u"),
        ("\"\\ud800\"", "lone_surrogate", "1:2: half of a surrogate pair stands alone"),
        ("\"x\\udc00\"", "lone_surrogate", "1:3: half of a surrogate pair stands alone"),
        ("\"\\ud800\\ud800\"", "lone_surrogate", "1:2: half of a surrogate pair stands alone"),
        ("\"\\ud800\\n\"", "lone_surrogate", "1:2: half of a surrogate pair stands alone"),
        ("\"\\ud800x\"", "lone_surrogate", "1:2: half of a surrogate pair stands alone"),
        ("\"a\tb\"", "control_character", "1:3: byte 0x09 must be escaped in a string"),
        ("\"a\nb\"", "control_character", "1:3: byte 0x0a must be escaped in a string"),
        ("\"\0\"", "control_character", "1:2: byte 0x00 must be escaped in a string"),
        ("\"\\n\u{1f}\"", "control_character", "1:4: byte 0x1f must be escaped in a string"),
        ("\0", "syntax", "1:1: expected a value, found byte 0x00"),
        ("1\0", "trailing_bytes", "1:2: expected the end, found byte 0x00"),
        ("[\u{c}1]", "syntax", "1:2: expected a value, found byte 0x0c"),
        ("\u{feff}1", "byte_order_mark", "1:1: the text must not begin with a byte order mark"),
        ("[1,\u{a0}2]", "syntax", "1:4: expected a value, found byte 0xc2"),
        ("{\"a\":1,\n \"b\":2,\n \"a\":3}", "duplicate_key", "3:2: key \"a\" appears twice"),
        ("{\"a\":1,\"\\u0061\":3}", "duplicate_key", "1:8: key \"a\" appears twice"),
        ("[\"é😀\", x]", "syntax", "1:8: expected a value, found \"x\""),
    ]

    @Test(arguments: invalid)
    func refusesWithTheReason(text: String, code: String, description: String) throws {
        let error = try #require(throws: JSONError.self) { try JSONValue.parse(text) }
        #expect(error.code.rawValue == code)
        #expect(error.description == description)
        #expect(throws: error) { try JSONNode.parse(Array(text.utf8)) }
    }

    /// Bytes inside quotes that are not UTF-8, and the place of the first wrong one.
    static let invalidUTF8: [([UInt8], Int)] = [
        ([0x80], 1), ([0xFF], 1), ([0x61, 0xC3], 2), ([0xC3, 0x28], 1), ([0xC0, 0xAF], 1), ([0xE0, 0x80, 0xAF], 1),
        ([0xED, 0xA0, 0x80], 1), ([0xF4, 0x90, 0x80, 0x80], 1), ([0xF0, 0x9F, 0x98], 1), ([0xC3, 0xA9, 0xFE], 3),
        ([0x5C, 0x6E, 0xC3], 3), ([0xC3, 0x5C, 0x6E], 1), ([0x5C, 0xC3, 0xA9, 0xC3], 4),
    ]

    @Test(arguments: invalidUTF8)
    func refusesWhatIsNotUTF8(content: [UInt8], place: Int) throws {
        let error = try #require(throws: JSONError.self) { try JSONValue.parse([0x22] + content + [0x22]) }
        #expect(error.code == .invalidUTF8)
        #expect(error.position.offset == place)
    }

    @Test(arguments: [
        #"{"a":[1,-2.5e+10,true,false,null,"x\u00e9\n\ud83d\ude00é"],"b":{"c":{}, "d":[]}}"#, #""text""#, "[true]",
        "null",
        #"{"k":"\\"}"#,
    ])
    func isUnfinishedAtEveryByte(text: String) throws {
        let bytes = Array(text.utf8)
        for length in 0..<bytes.count {
            let error = try #require(throws: JSONError.self) { try JSONValue.parse(Array(bytes[..<length])) }
            #expect(error.code == .unexpectedEnd, "cut to \(length) bytes")
            #expect(error.position.offset == length)
        }
    }

    @Test func replacesLoneSurrogatesWhenAsked() throws {
        let options = JSONReadingOptions(replacesLoneSurrogates: true)
        for (text, meaning) in [
            (#""\udcff.txt""#, "\u{FFFD}.txt"), (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud800\n""#, "\u{FFFD}\n"),
        ] {
            var parser = JSONParser(options: options)
            #expect(try parser.parse(text.utf8.span).string == meaning)
            #expect(parser.hasReplacedSurrogates)
        }
        var parser = JSONParser(options: options)
        #expect(try parser.parse(#""\ud83d\ude00\ufffd""#.utf8.span).string == "😀\u{FFFD}")
        #expect(!parser.hasReplacedSurrogates)
        #expect(throws: JSONError.self) { try JSONValue.parse(Array(#""\ud8""#.utf8), options: options) }
    }

    @Test func acceptsNonFiniteNumbersWhenAsked() throws {
        let options = JSONReadingOptions(acceptsNonFiniteNumbers: true)
        let text = Array("[Infinity,-Infinity,1e400,-1e400,NaN]".utf8)
        let numbers = try #require(try JSONValue.parse(text, options: options).array).map(\.number)
        #expect(numbers.dropLast() == [.infinity, -.infinity, .infinity, -.infinity])
        #expect(try #require(numbers.last ?? nil).isNaN)
        for wrong in ["nan", "Infinit", "-Inf", "-NaN", "+Infinity", "NaNs"] {
            #expect(throws: JSONError.self) { try JSONValue.parse(Array(wrong.utf8), options: options) }
        }
    }

    @Test func keepsTheLimits() throws {
        func code(_ text: String, _ limits: JSONLimits) -> JSONError.Code? {
            do throws(JSONError) {
                _ = try JSONValue.parse(Array(text.utf8), limits: limits)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code("[[[]]]", JSONLimits(depthMax: 3)) == nil)
        #expect(code("[[[[]]]]", JSONLimits(depthMax: 3)) == .depthExceeded)
        #expect(code(#"{"a":{"a":{"a":{}}}}"#, JSONLimits(depthMax: 3)) == .depthExceeded)
        #expect(code("[[],[],[],[[]]]", JSONLimits(depthMax: 3)) == nil)
        #expect(code("[1,2]", JSONLimits(bytesMax: 5)) == nil)
        #expect(code("[1,2] ", JSONLimits(bytesMax: 5)) == .sizeExceeded)
        #expect(code("[1,2]", JSONLimits(valuesMax: 3)) == nil)
        #expect(code("[1,2,3]", JSONLimits(valuesMax: 3)) == .valuesExceeded)
        #expect(code(String(repeating: "1", count: 4096), .standard) == .numberOutOfRange)
        #expect(code("0." + String(repeating: "1", count: 4094), .standard) == nil)
        #expect(code("0." + String(repeating: "1", count: 4095), .standard) == .numberOutOfRange)
        #expect(code(String(repeating: "[", count: 1_000_000), .standard) == .depthExceeded)
    }

    @Test func followsNestingToTheCeiling() throws {
        let depth = JSONLimits.depthCeiling
        let opening = (0..<depth).map { $0.isMultiple(of: 3) ? "{\"k\":" : "[" }.joined()
        let closing = (0..<depth).reversed().map { $0.isMultiple(of: 3) ? "}" : "]" }.joined()
        let text = Array((opening + "1" + closing).utf8)
        let value = try JSONValue.parse(text, limits: JSONLimits(depthMax: depth))
        #expect(value.encoded() == text)
        #expect(throws: JSONError.self) { try JSONValue.parse(text) }
    }

    @Test func aLimitBeyondTheCeilingTraps() async {
        await #expect(processExitsWith: .failure) {
            _ = JSONReader(limits: JSONLimits(depthMax: JSONLimits.depthCeiling + 1))
        }
    }

    @Test func findsDuplicatesAmongManyKeys() throws {
        let members = (0..<5000).map { "\"key\($0)\":\($0)" }
        let value = try JSONValue.parse("{\(members.joined(separator: ","))}")
        #expect(value["key4321"] == 4321)
        #expect(value["key5000"] == nil)
        #expect(value["\u{212A}ey4321"] == nil)
        let error = try #require(throws: JSONError.self) {
            try JSONValue.parse("{\(members.joined(separator: ",")),\"key17\":0}")
        }
        #expect(error.code == .duplicateKey)
    }
}
