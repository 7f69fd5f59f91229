import GantryBytes
import GantryJSON

/// The JSON format: one object per line, no line feed inside, control characters escaped.
enum JSONLogLine {
    static func append(_ event: LogEvent, to line: inout [UInt8]) {
        // JSON itself only demands escapes for the oldest control characters; with any other the whole line is ASCII.
        var writer = JSONWriter.compact
        writer.isASCIIOnly = hasControlCharacters(event)
        var builder = JSONBuilder(writer, reservingBytes: 128 + event.message.utf8.count)
        builder.beginObject()
        builder.key("time")
        builder.value(event.time.rfc3339)
        builder.key("level")
        builder.value(event.level.description)
        builder.key("message")
        builder.value(event.message)
        for entry in event.fields.entries {
            builder.key(entry.name)
            append(entry.value, to: &builder)
        }
        builder.endObject()
        line += builder.finish()
    }

    private static func append(_ value: LogValue, to builder: inout JSONBuilder) {
        switch value {
        case .string(let text): builder.value(text)
        case .int(let number): builder.value(number)
        case .bool(let flag): builder.value(flag)
        case .double(let number) where number.isFinite: builder.value(number)
        case .double(let number): builder.value(number.description)
        case .list(let members):
            builder.beginArray()
            for member in members { append(member, to: &builder) }
            builder.endArray()
        }
    }

    private static func hasControlCharacters(_ event: LogEvent) -> Bool {
        hasControlCharacters(event.message)
            || event.fields.entries.contains { hasControlCharacters($0.name) || hasControlCharacters($0.value) }
    }

    private static func hasControlCharacters(_ value: LogValue) -> Bool {
        switch value {
        case .string(let text): hasControlCharacters(text)
        case .list(let members): members.contains(where: hasControlCharacters)
        case .int, .bool, .double: false
        }
    }

    private static func hasControlCharacters(_ text: String) -> Bool {
        text.utf8.contains { $0 >= 0x80 }
            && text.unicodeScalars.contains { $0.value >= 0x80 && ControlCharacters.contain($0) }
    }
}
