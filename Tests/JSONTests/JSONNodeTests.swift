import GantryJSON
import Testing

@Suite struct JSONNodeTests {
    @Test func knowsWhereEverythingStood() throws {
        let text = "{\n  \"ü😀\": [true,\n\t\"x\"], \"n\": {}\r\n}"
        let root = try JSONNode.parse(Array(text.utf8))
        #expect(place(root.position) == "1:1")
        let object = try #require(root.object)
        #expect(object.members.map { place($0.keyPosition) } == ["2:3", "3:8"])
        let list = try #require(object["ü😀"]?.node)
        #expect(place(list.position) == "2:9")
        #expect(try #require(list.array).map { place($0.position) } == ["2:10", "3:2"])
        #expect(place(try #require(object["n"]).node.position) == "3:13")
        #expect(object["x"] == nil)
        #expect(root.value == ["ü😀": [true, "x"], "n": [:]])
        #expect(list.object == nil && root.array == nil && root.scalar == nil)
        #expect(list.position.offset == 14)
    }

    @Test func positionsAreOrderedByOffset() throws {
        let nodes = try #require(try JSONNode.parse(Array("[1,\n2]".utf8)).array)
        #expect(nodes[0].position < nodes[1].position)
    }

    private func place(_ position: JSONPosition) -> String { "\(position.line):\(position.column)" }
}
