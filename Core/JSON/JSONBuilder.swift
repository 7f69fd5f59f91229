import GantryBytes

/// Writes JSON text piece by piece, without a ``JSONValue`` between: for replies and records on hot paths.
///
/// The caller keeps the grammar: keys inside objects only, each begin with its end. ``finish()`` checks the balance.
package struct JSONBuilder: Sendable {
    /// The text so far.
    package private(set) var bytes: [UInt8] = []
    private let writer: JSONWriter
    private var depth = 0
    private var place = Place.start

    private enum Place {
        case start
        case afterBegin
        case afterKey
        case afterValue
    }

    package init(_ writer: JSONWriter = .compact, reservingBytes: Int = 128) {
        self.writer = writer
        bytes.reserveCapacity(reservingBytes)
    }

    /// The complete text.
    package consuming func finish() -> [UInt8] {
        precondition(depth == 0, "an object or array was not ended")
        return bytes
    }

    package mutating func beginObject() { begin(UInt8(ascii: "{")) }
    package mutating func endObject() { end(UInt8(ascii: "}")) }
    package mutating func beginArray() { begin(UInt8(ascii: "[")) }
    package mutating func endArray() { end(UInt8(ascii: "]")) }

    package mutating func key(_ key: String) {
        separate()
        writer.append(key, to: &bytes)
        bytes.append(writer.keySeparator)
        place = .afterKey
    }

    package mutating func value(_ text: String) {
        separate()
        writer.append(text, to: &bytes)
        place = .afterValue
    }

    package mutating func value(_ number: Int) { value(Int64(number)) }

    package mutating func value(_ number: Int64) {
        separate()
        JSONWriter.append(number.magnitude, isNegative: number < 0, to: &bytes)
        place = .afterValue
    }

    package mutating func value(_ number: UInt64) {
        separate()
        JSONWriter.append(number, isNegative: false, to: &bytes)
        place = .afterValue
    }

    /// Writes the shortest text that reads back as the same double; `null` for what JSON cannot say.
    package mutating func value(_ number: Double) {
        raw(number.isFinite ? number.description : "null")
    }

    package mutating func value(_ flag: Bool) { raw(flag ? "true" : "false") }
    package mutating func null() { raw("null") }

    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): self.value(flag)
        case .integer(let number): self.value(number)
        case .unsigned(let number): self.value(number)
        case .number(let number): self.value(number)
        case .string(let text): self.value(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            self.value(object)
        }
    }

    package mutating func value(_ object: JSONObject) {
        beginObject()
        if writer.sortsKeys {
            let members = object.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (key, value) in members { member(key, value) }
        } else {
            for (key, value) in object { member(key, value) }
        }
        endObject()
    }

    /// Writes text that is JSON already.
    package mutating func raw(_ text: String) {
        separate()
        bytes.append(text)
        place = .afterValue
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        depth += 1
        place = .afterBegin
    }

    private mutating func end(_ bracket: UInt8) {
        precondition(depth > 0, "more ends than begins")
        depth -= 1
        if place == .afterValue { breakLine() }
        bytes.append(bracket)
        place = .afterValue
    }

    /// Writes what must stand before the next key, element or value.
    private mutating func separate() {
        switch place {
        case .start, .afterKey:
            break
        case .afterBegin:
            breakLine()
        case .afterValue:
            if writer.indentation == nil { bytes.append(writer.itemSeparator) } else { bytes.append(UInt8(ascii: ",")) }
            breakLine()
        }
    }

    private mutating func breakLine() {
        guard let indentation = writer.indentation else { return }
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<depth * indentation { bytes.append(UInt8(ascii: " ")) }
    }
}

extension JSONBuilder {
    package mutating func member(_ key: String, _ value: String) {
        self.key(key)
        self.value(value)
    }

    package mutating func member(_ key: String, _ value: Int) {
        self.key(key)
        self.value(value)
    }

    package mutating func member(_ key: String, _ value: Int64) {
        self.key(key)
        self.value(value)
    }

    package mutating func member(_ key: String, _ value: UInt64) {
        self.key(key)
        self.value(value)
    }

    package mutating func member(_ key: String, _ value: Double) {
        self.key(key)
        self.value(value)
    }

    package mutating func member(_ key: String, _ value: Bool) {
        self.key(key)
        self.value(value)
    }

    package mutating func member(_ key: String, _ value: JSONValue) {
        self.key(key)
        self.value(value)
    }

    /// Writes a text, or `null` where there is none.
    package mutating func member(_ key: String, _ value: String?) {
        self.key(key)
        if let value { self.value(value) } else { null() }
    }

    /// Writes a number, or `null` where there is none.
    package mutating func member(_ key: String, _ value: Int64?) {
        self.key(key)
        if let value { self.value(value) } else { null() }
    }

    /// Writes an object whose members the closure adds.
    package mutating func object<Failure: Error>(
        _ key: String? = nil, _ body: (inout JSONBuilder) throws(Failure) -> Void
    ) throws(Failure) {
        if let key { self.key(key) }
        beginObject()
        try body(&self)
        endObject()
    }

    /// Writes an array whose elements the closure adds.
    package mutating func array<Failure: Error>(
        _ key: String? = nil, _ body: (inout JSONBuilder) throws(Failure) -> Void
    ) throws(Failure) {
        if let key { self.key(key) }
        beginArray()
        try body(&self)
        endArray()
    }
}
