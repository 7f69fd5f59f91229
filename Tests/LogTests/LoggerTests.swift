import GantryBytes
import Synchronization
import Testing

@testable import GantryLog

@Suite struct LoggerTests {
    private let sink = MemoryLogSink()

    private func logger(_ level: LogLevel = .debug) -> Logger {
        Logger(sink: sink, level: level, clock: { UnixTime(seconds: 0) })
    }

    @Test(arguments: LogLevel.allCases)
    func eventsBelowTheLevelAreDropped(level: LogLevel) {
        let logger = logger(level)
        logger.debug("debug")
        logger.info("info")
        logger.notice("notice")
        logger.warning("warning")
        logger.error("error")
        #expect(sink.messages == LogLevel.allCases.filter { $0 >= level }.map(\.description))
        #expect(sink.events.map(\.level.description) == sink.messages)
    }

    @Test func nothingIsEvaluatedBelowTheLevel() {
        let count = Mutex(0)
        func counted() -> String {
            count.withLock { $0 += 1 }
            return "x"
        }
        let logger = logger(.error)
        logger.info(counted(), ["k": .string(counted())])
        Logger.disabled.error(counted())
        #expect(count.withLock { $0 } == 0)
        #expect(!logger.isEnabled(.warning) && logger.isEnabled(.error) && !Logger.disabled.isEnabled(.error))
    }

    @Test func fieldsAreInheritedInOrderAndTheLastValueWins() {
        let logger = logger().with(["job": "a", "attempt": 1]).with(["attempt": 2, "host": "h"])
        logger.info("done", ["job": "b", "code": 0])
        #expect(sink.lines() == ["1970-01-01T00:00:00.000Z info  done job=b attempt=2 host=h code=0"])
    }

    @Test func namesOfTheEventItselfAreMoved() {
        logger().info("m", ["time": 1, "level": 2, "message": 3, "field.time": 4])
        #expect(sink.lines().first?.hasSuffix("m field.time=4 field.level=2 field.message=3") == true)
    }

    @Test func levelIsSharedByAllLoggersOfASink() {
        let logger = logger(.error)
        let child = logger.with(["a": 1])
        child.info("dropped")
        logger.setLevel(.info)
        child.info("kept")
        #expect(sink.messages == ["kept"])
        #expect(child.level == .info)
        #expect(Logger.disabled.level == nil)
    }

    @Test func longPartsAreCutAndSayHowMuchIsMissing() {
        let message = String(repeating: "m", count: LogLimits.messageBytesMax + 5)
        let value = String(repeating: "ü", count: LogLimits.valueBytesMax)
        logger().info(message, [String(repeating: "n", count: LogLimits.nameBytesMax + 1): .string(value)])
        let event = sink.events[0]
        #expect(event.message == String(repeating: "m", count: LogLimits.messageBytesMax) + "…[+5 bytes]")
        #expect(event.fields.entries[0].name == String(repeating: "n", count: LogLimits.nameBytesMax) + "…[+1 bytes]")
        let kept = String(repeating: "ü", count: LogLimits.valueBytesMax / 2)
        #expect(event.fields.entries[0].value == .string(kept + "…[+\(LogLimits.valueBytesMax) bytes]"))
    }

    @Test func tooManyFieldsAndMembersAreCounted() {
        var fields = LogFields()
        for number in 0..<LogLimits.fieldsMax + 3 { fields["f\(number)"] = .int(number) }
        logger().info("m", fields)
        logger().info("m", ["l": .list((0..<LogLimits.listMembersMax + 2).map { .int($0) })])
        #expect(sink.events[0].fields.entries.count == LogLimits.fieldsMax + 1)
        #expect(sink.events[0].fields["fields_dropped"] == 3)
        guard case .list(let members) = sink.events[1].fields["l"] else {
            Issue.record("not a list")
            return
        }
        #expect(members.count == LogLimits.listMembersMax + 1 && members.last == "…[+2 members]")
    }

    @Test func memoryKeepsTheLatest() {
        let logger = logger()
        for number in 0...LogLimits.memoryEventsMax { logger.info("\(number)") }
        #expect(sink.events.count == LogLimits.memoryEventsMax / 2 + 1)
        #expect(sink.messages.last == "\(LogLimits.memoryEventsMax)")
    }

    @Test func valuesOfOtherTypes() {
        #expect(LogValue(UInt64.max) == .string("18446744073709551615"))
        #expect(LogValue(UInt8(9)) == 9)
        #expect(LogValue(describing: LogLevel.info) == "info")
        #expect(LogLevel(name: "loud") == nil && LogLevel(name: "notice") == .notice)
    }
}
