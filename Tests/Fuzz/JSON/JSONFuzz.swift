import GantryJSON

/// libFuzzer's main loop.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Takes one input; libFuzzer's library wants this name to be there.
@c(LLVMFuzzerTestOneInput)
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe JSONFuzz.check([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// Looks for texts that crash the readers, or that they understand differently.
@main
enum JSONFuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments = unsafe CommandLine.unsafeArgv
        _ = unsafe runDriver(&count, &arguments, testOneInput)
    }

    private static let lenient = JSONReadingOptions(replacesLoneSurrogates: true, acceptsNonFiniteNumbers: true)
    private static let writers: [JSONWriter] = {
        var ascii = JSONWriter.spaced
        ascii.isASCIIOnly = true
        ascii.escapesAngleBrackets = true
        var sorted = JSONWriter.pretty
        sorted.sortsKeys = true
        return [.compact, ascii, sorted]
    }()

    fileprivate static func check(_ bytes: [UInt8]) {
        let strict = Result { () throws(JSONError) in try JSONValue.parse(bytes) }
        let node = Result { () throws(JSONError) in try JSONNode.parse(bytes) }
        switch (strict, node) {
        case (.success(let value), .success(let node)):
            precondition(node.value == value, "value and node differ")
            checkWriting(value)
        case (.failure(let one), .failure(let other)):
            precondition(one == other, "value and node fail differently")
            precondition(
                one.position.offset <= bytes.count && one.line >= 1 && one.column >= 1, "place outside the text")
        default:
            preconditionFailure("only one of value and node was read")
        }
        checkLenient(bytes, strict)
    }

    private static func checkWriting(_ value: JSONValue) {
        for writer in writers {
            let text = value.encoded(writer)
            guard let again = try? JSONValue.parse(text) else { preconditionFailure("unreadable: \(text)") }
            precondition(again == value, "not read as it was written: \(text)")
        }
    }

    private static func checkLenient(_ bytes: [UInt8], _ strict: Result<JSONValue, JSONError>) {
        var parser = JSONParser(options: lenient)
        let value = try? parser.parse(bytes.span)
        if case .success(let strict) = strict {
            precondition(value == strict && !parser.hasReplacedSurrogates, "leniency changes good texts")
        } else if let value {
            // What leniency let in can be written, and is then strict JSON.
            precondition((try? JSONValue.parse(value.encoded())) != nil, "lenient value cannot be written")
        }
    }
}
