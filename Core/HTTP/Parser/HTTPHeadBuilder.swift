import GantryBytes

/// Collects the lines of one head and decides, at the empty line, what the request is.
///
/// The rules against request smuggling stand here: one length only, written one way.
struct HTTPHeadBuilder {
    private(set) var bytes: [UInt8] = []
    private var fields: [HTTPHeaders.Field] = []
    private var line: HTTPRequestLine?
    private var facts = HTTPHeadFacts()

    var hasLine: Bool { line != nil }
    var isEmpty: Bool { bytes.isEmpty }

    mutating func reserve(_ count: Int) {
        bytes.reserveCapacity(count)
        fields.reserveCapacity(12)
    }

    mutating func append(_ part: Span<UInt8>) { bytes.append(part) }

    /// Forgets the empty line before a request line.
    mutating func dropLine() { bytes.removeAll(keepingCapacity: true) }

    mutating func addRequestLine(_ range: Range<Int>) throws(HTTPParseError) {
        line = try HTTPRequestLine(bytes.span, range)
    }

    mutating func addField(_ range: Range<Int>, countMax: Int) throws(HTTPParseError) {
        let (name, value) = try Self.splitField(bytes.span, range)
        guard fields.count < countMax else {
            throw HTTPParseError(.headersTooLarge, "The request has more than \(countMax) header fields.")
        }
        fields.append(
            HTTPHeaders.Field(
                nameStart: UInt32(name.lowerBound), nameLength: UInt32(name.count),
                valueStart: UInt32(value.lowerBound), valueLength: UInt32(value.count)))
        // A copy, because the span borrows all of the builder.
        var facts = facts
        try facts.note(bytes.span, name, value)
        self.facts = facts
    }

    /// `name ":" OWS value OWS`; a folded line, a blank before the colon and control characters are refused.
    static func splitField(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPParseError) -> (name: Range<Int>, value: Range<Int>) {
        var index = range.lowerBound
        while index < range.upperBound, ByteClass.isToken(bytes[index]) { index += 1 }
        guard index > range.lowerBound else {
            let folded = index < range.upperBound && ByteClass.isBlank(bytes[index])
            throw HTTPParseError(
                .badHeader, folded ? "A header line begins with a blank." : "A header line has no field name.")
        }
        guard index < range.upperBound, bytes[index] == ByteClass.colon else {
            throw HTTPParseError(.badHeader, "A field name is not followed by a colon at once.")
        }
        let name = range.lowerBound..<index
        index += 1
        for place in index..<range.upperBound where !ByteClass.isFieldValue(bytes[place]) {
            let isBreak = bytes[place] == ByteClass.carriageReturn
            throw HTTPParseError(
                isBreak ? .badLineBreak : .badHeader,
                isBreak ? "A carriage return stands alone." : "A field value holds a control character.")
        }
        return (name, bytes.trimmingBlanks(index..<range.upperBound))
    }

    /// Checks what only the whole head can tell, and gives it away; the builder is empty afterwards.
    mutating func finish() throws(HTTPParseError) -> HTTPRequestHead? {
        guard let line else { return nil }
        let framing = try facts.framing(line)
        let authority = try facts.authority(bytes.span, line)
        defer { self = HTTPHeadBuilder() }
        return HTTPRequestHead(
            line: line, headers: HTTPHeaders(bytes: bytes, fields: fields), framing: framing,
            connection: facts.connection,
            expectsContinue: facts.expectsContinue && line.minorVersion == 1 && framing != .none
                && framing != .length(0),
            authorityRange: authority)
    }
}
