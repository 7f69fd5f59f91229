import GantryJSON
import TestSupport
import Testing

@Suite struct JSONObjectTests {
    @Test func keepsTheOrder() {
        var object: JSONObject = ["b": 1, "a": 2]
        object["c"] = 3
        object["b"] = 4
        #expect(object.keys == ["b", "a", "c"])
        #expect(object.map(\.value) == [4, 2, 3])
        object["a"] = nil
        object["zz"] = nil
        #expect(object.keys == ["b", "c"])
        #expect(object.count == 2 && !object.isEmpty)
    }

    @Test(arguments: [0, 50])
    func keysAreComparedByTheirBytes(others: Int) {
        var object = JSONObject((0..<others).map { ("k\($0)", JSONValue($0)) })
        object["a\u{327}\u{301}"] = 1
        object["a\u{301}\u{327}"] = 2
        #expect(object.count == others + 2)
        #expect(object["a\u{327}\u{301}"] == 1 && object["a\u{301}\u{327}"] == 2)
    }

    @Test func aLaterValueReplacesInLiterals() {
        let object: JSONObject = ["a": 1, "a": 2]
        #expect(object.count == 1)
        #expect(object["a"] == 2)
    }

    @Test func equalityIgnoresTheOrder() {
        let one: JSONObject = ["a": 1, "b": [2]]
        let other: JSONObject = ["b": [2], "a": 1]
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one != ["a": 1])
        #expect(one != ["a": 1, "b": [3]])
        #expect(one != ["a": 1, "c": [2]])
    }

    @Test(arguments: 0..<10)
    func behavesAsAnOrderedDictionary(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var object = JSONObject()
        var model: [(String, JSONValue)] = []
        for step in 0..<400 {
            let key = "k\(Int.random(in: 0..<40, using: &random))"
            let place = model.firstIndex { $0.0 == key }
            if Int.random(in: 0..<3, using: &random) == 0 {
                object[key] = nil
                if let place { model.remove(at: place) }
            } else {
                object[key] = JSONValue(step)
                if let place { model[place].1 = JSONValue(step) } else { model.append((key, JSONValue(step))) }
            }
            #expect(object[key] == model.first { $0.0 == key }?.1)
        }
        #expect(object.keys == model.map(\.0))
        #expect(object.map(\.value) == model.map(\.1))
    }
}
