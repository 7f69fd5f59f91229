import Testing

@testable import GantryClient

@Suite struct ServerEventParserTests {
    static let stream = """
        : hello
        id: 1
        event: login
        data: {"a":
        data: 1}

        data
        data:  two

        id
        data: three
        retry: 5

        event: no data

        data: cut off
        """

    static let events = [
        ServerEvent(id: "1", name: "login", data: "{\"a\":\n1}"),
        ServerEvent(id: "1", name: "message", data: "\n two"), ServerEvent(id: nil, name: "message", data: "three"),
    ]

    @Test(arguments: [1, 2, 3, 7, 1000], ["\n", "\r", "\r\n"])
    func `a stream gives the same events in pieces of any size`(size: Int, end: String) throws {
        var parser = ServerEventParser(lastID: "0")
        var found: [ServerEvent] = []
        let bytes = Array(
            Self.stream.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: end).utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            found += try parser.take(Array(bytes[start..<min(bytes.count, start + size)]))
        }
        #expect(found == Self.events)
    }

    @Test func `a byte order mark at the start is no part of a field`() throws {
        var parser = ServerEventParser()
        #expect(try parser.take([0xEF, 0xBB, 0xBF] + Array("data: x\n\n".utf8)).map(\.data) == ["x"])
    }

    @Test func `the id of an event without one is that of the last, also of the last connection`() throws {
        var parser = ServerEventParser(lastID: "7")
        #expect(try parser.take(Array("data: x\n\n".utf8)).map(\.id) == ["7"])
        #expect(try parser.take(Array("id: a\0b\ndata: x\n\n".utf8)).map(\.id) == ["7"])
    }

    @Test func `neither a line nor an event is longer than the limit`() throws {
        var line = ServerEventParser()
        let piece = [UInt8](repeating: 65, count: ServerEventLimits.eventBytesMax)
        #expect(try line.take(piece) == [])
        #expect(throws: ServerEventParser.Fault.tooLong) { try line.take([65]) }
        var event = ServerEventParser()
        let half = Array("data: ".utf8) + piece.prefix(ServerEventLimits.eventBytesMax / 2) + [10]
        #expect(try event.take(half) == [])
        #expect(throws: ServerEventParser.Fault.tooLong) { try event.take(half) }
    }
}
