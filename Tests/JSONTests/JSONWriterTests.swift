import GantryJSON
import TestSupport
import Testing

@Suite struct JSONWriterTests {
    static let sample: JSONValue = ["b": [1, -2.5, nil, []], "a": ["x": true, "y": [:]], "é": "<😀>"]

    @Test func compact() {
        #expect(Self.sample.text() == #"{"b":[1,-2.5,null,[]],"a":{"x":true,"y":{}},"é":"<😀>"}"#)
    }

    @Test func spaced() {
        #expect(Self.sample.text(.spaced) == #"{"b": [1, -2.5, null, []], "a": {"x": true, "y": {}}, "é": "<😀>"}"#)
    }

    @Test func pretty() {
        let text = """
            {
              "b": [
                1,
                -2.5,
                null,
                []
              ],
              "a": {
                "x": true,
                "y": {}
              },
              "é": "<😀>"
            }
            """
        #expect(Self.sample.text(.pretty) == text)
    }

    @Test func asciiOnlyAndAngleBrackets() {
        var writer = JSONWriter.spaced
        writer.isASCIIOnly = true
        writer.escapesAngleBrackets = true
        let value: JSONValue = ["é": "<😀>", "n": "\u{7f}ÿ\u{20ac}\u{ffff}\u{10ffff}"]
        #expect(
            value.text(writer)
                == #"{"\u00e9": "\u003c\ud83d\ude00\u003e", "n": "\#u{7f}\u00ff\u20ac\uffff\udbff\udfff"}"#)
    }

    @Test func sortsKeysByTheirBytes() {
        var writer = JSONWriter.compact
        writer.sortsKeys = true
        let value: JSONValue = ["b": ["z": 1, "y": 2], "é": 0, "a": 0, "B": 0]
        #expect(value.text(writer) == #"{"B":0,"a":0,"b":{"y":2,"z":1},"é":0}"#)
    }

    @Test func escapesWhatMustBe() {
        let all = String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0) }))
        #expect(
            JSONValue.string(all + "\"\\/").text()
                == #""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#
                + #"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019"#
                + #"\u001a\u001b\u001c\u001d\u001e\u001f\"\\/""#
        )
    }

    @Test func writesNumbersExactly() {
        let value: JSONValue = [
            .integer(.min), .integer(.max), .unsigned(.max), 0, -1, 10, .number(0.1), .number(1e100), .number(3),
            .number(-0.0), .number(.leastNonzeroMagnitude), .number(.greatestFiniteMagnitude), .number(.nan),
            .number(-.infinity),
        ]
        #expect(
            value.text()
                == "[-9223372036854775808,9223372036854775807,18446744073709551615,0,-1,10,0.1,1e+100,3.0,-0.0,5e-324,"
                + "1.7976931348623157e+308,null,null]")
    }

    static let writers: [JSONWriter] = {
        var ascii = JSONWriter.spaced
        ascii.isASCIIOnly = true
        ascii.escapesAngleBrackets = true
        return [.compact, .spaced, .pretty, ascii]
    }()

    @Test(arguments: 0..<60)
    func readsBackWhatItWrote(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<20 {
            let value = randomValue(&random, depth: 5)
            for writer in Self.writers {
                let bytes = value.encoded(writer)
                #expect(try JSONValue.parse(bytes) == value)
                #expect(try JSONNode.parse(bytes).value == value)
                if writer.isASCIIOnly { #expect(bytes.allSatisfy { $0 < 0x80 && $0 != 0x3C && $0 != 0x3E }) }
            }
        }
    }

    @Test func randomDoublesReadBack() throws {
        var random = SeededRandom(seed: 99)
        for _ in 0..<20_000 {
            let number = Double(bitPattern: random.next())
            guard number.isFinite else { continue }
            let read = try JSONValue.parse(JSONValue.number(number).encoded()).number
            #expect(read?.bitPattern == number.bitPattern)
        }
    }

    private func randomValue(_ random: inout SeededRandom, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64(bitPattern: random.next()))
        case 3: return JSONValue(random.next())
        case 4:
            let number = Double(bitPattern: random.next())
            return .number(number.isFinite ? number : 0.5)
        case 5: return .string(randomText(&random))
        case 6: return .integer(Int64.random(in: -100...100, using: &random))
        case 7:
            return .array(
                (0..<Int.random(in: 0...5, using: &random)).map { _ in randomValue(&random, depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                object[randomText(&random)] = randomValue(&random, depth: depth - 1)
            }
            return .object(object)
        }
    }

    private func randomText(_ random: inout SeededRandom) -> String {
        let ranges: [ClosedRange<UInt32>] = [0...0x7F, 0x20...0x7E, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0x10FFFF]
        var text = ""
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            let range = ranges[Int.random(in: 0..<ranges.count, using: &random)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
