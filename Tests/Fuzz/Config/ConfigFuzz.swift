import GantryConfig
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
    unsafe ConfigFuzz.check([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// Looks for configuration files that crash the decoding, or whose problems are not told well.
@main
enum ConfigFuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments = unsafe CommandLine.unsafeArgv
        _ = unsafe runDriver(&count, &arguments, testOneInput)
    }

    private enum Level: String, CaseIterable {
        case debug, info
    }

    fileprivate static func check(_ bytes: [UInt8]) {
        do throws(ConfigError) {
            let file = try ConfigFile.load("c.json", environment: ["HOME": "/h", "A": "1"]) { name in
                name == "c.json" ? bytes : Array("from \(name)\n".utf8)
            }
            let decoding = try file.decode { decode(&$0) }
            precondition(
                decoding.effective["secret"].map { $0 == "<redacted>" } ?? true, "a secret is shown")
        } catch {
            check(error, bytes.count)
        }
    }

    private static func check(_ error: ConfigError, _ size: Int) {
        var last = 0
        for problem in error.problems {
            let offset = problem.position?.offset ?? 0
            precondition(offset >= last && offset <= size, "problems out of order or outside the file")
            last = offset
            let line = problem.description.unicodeScalars
            precondition(!problem.message.isEmpty && !line.contains { $0.value < 0x20 }, "not a line: \(problem)")
        }
    }

    private static func decode(_ section: inout ConfigSection) {
        _ = section.string("string", default: "", in: 0...9, help: "Text.")
        _ = section.integer("integer", default: 1, in: -5...5, help: "Whole number.")
        _ = section.number("number", default: 1, help: "Number.")
        _ = section.bool("bool", default: true, help: "Flag.")
        _ = section.duration("duration", default: .seconds(1), help: "Time.")
        _ = section.path("path", default: "p", help: "Path.")
        _ = section.secret("secret", help: "Secret.")
        _ = section.choice("choice", default: Level.info, help: "Choice.")
        _ = section.list("list", of: .list(of: .integer()), in: 0...4, help: "Lists of lists.")
        _ = section.raw("raw", default: nil, help: "Raw.")
        _ = section.map("map", of: .section(decodeInner), help: "Sections by name.")
        section.section("section", help: "Section.", decodeInner)
    }

    private static func decodeInner(_ section: inout ConfigSection) {
        _ = section.required("required", .verbatim(), help: "Text as it stands.")
        _ = section.optional("optional", .number(in: 0...1), help: "Number.")
    }
}
