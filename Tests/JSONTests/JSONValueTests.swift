import GantryJSON
import Testing

@Suite struct JSONValueTests {
    @Test func givesWhatItIs() {
        let value: JSONValue = ["n": nil, "b": true, "i": -3, "d": 1.5, "s": "x", "a": [1, 2]]
        #expect(value["n"]?.isNull == true)
        #expect(value["b"]?.bool == true)
        #expect(value["i"]?.integer == -3 && value["i"]?.int64 == -3 && value["i"]?.number == -3)
        #expect(value["i"]?.uint64 == nil)
        #expect(value["d"]?.number == 1.5 && value["d"]?.integer == nil)
        #expect(value["s"]?.string == "x" && value["s"]?.number == nil)
        #expect(value["a"]?[1] == 2 && value["a"]?[2] == nil && value["a"]?[-1] == nil)
        #expect(value["a"]?["x"] == nil && value["zz"] == nil && value[0] == nil)
        #expect(value.object?.count == 6 && value["a"]?.array?.count == 2 && value.array == nil)
        #expect(value.bool == nil && value.string == nil && value.int64 == nil && value.object?["s"]?.object == nil)
    }

    @Test func picksTheCaseForAnUnsignedNumber() {
        #expect(JSONValue(UInt64(5)) == .integer(5))
        #expect(JSONValue(UInt64.max) == .unsigned(.max))
        #expect(JSONValue(UInt64.max).uint64 == .max)
        #expect(JSONValue(UInt64.max).int64 == nil)
        #expect(JSONValue.number(3).integer == nil)
    }

    @Test func namesItsKind() {
        let values: [JSONValue] = [nil, true, 1, .unsigned(.max), 1.5, "", [], [:]]
        #expect(
            values.map(\.kind) == ["null", "boolean", "integer", "integer", "number", "string", "array", "object"])
    }

    @Test func describesItselfAsText() {
        let value: JSONValue = ["a": [1, "x"]]
        #expect("\(value)" == #"{"a":[1,"x"]}"#)
    }
}
