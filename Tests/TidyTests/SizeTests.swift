import Foundation
import Testing

@Suite struct SizeTests {
    static let linesMax = 500
    static let columnsMax = 120
    static let functionLinesMax = 70
    static let fileBytesMax = 512 * 1024

    @Test func `there are sources to look at`() {
        #expect(SourceTree.product.count > 10)
    }

    @Test func `no source file is long`() {
        let long = SourceTree.swift.filter { $0.lines.count > Self.linesMax + 1 }
        #expect(long.map { Finding(path: $0.path, line: $0.lines.count, what: "split it by noun") } == [])
    }

    @Test func `no line is wide`() {
        let wide = SourceTree.swift.flatMap { file in
            file.lines.enumerated().filter { $0.element.count > Self.columnsMax && !isExample($0.element, file) }
                .map { Finding(path: file.path, line: $0.offset + 1, what: "over \(Self.columnsMax) columns") }
        }
        #expect(wide == [])
    }

    /// In tests a message stands in one piece, as it travels.
    private func isExample(_ line: String, _ file: SourceFile) -> Bool {
        file.path.hasPrefix("Tests/") && line.contains(#/^ *(== )?#?"[^"]|^ *(== )?#"/#)
    }

    @Test func `no function is long`() {
        let long = SourceTree.swift.flatMap { file in
            FunctionScan.functions(in: file).filter { $0.count > Self.functionLinesMax }
                .map { Finding(path: file.path, line: $0.line, what: "a function of \($0.count) lines") }
        }
        #expect(long == [])
    }

    @Test func `no file is a blob`() {
        let big = SourceTree.paths.filter { path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: SourceTree.root + "/" + path)
            return (attributes?[.size] as? Int ?? 0) > Self.fileBytesMax
        }
        #expect(big == [])
    }

    @Test func `folders hold about twenty files`() {
        let folders = Dictionary(grouping: SourceTree.product) { file in
            file.path.split(separator: "/").dropLast().joined(separator: "/")
        }
        let crowded = folders.filter { $0.value.count > 30 }.map { "\($0.key): \($0.value.count)" }
        #expect(crowded == [])
    }
}

/// Finds functions by their indentation, which the format check guarantees.
enum FunctionScan {
    static func functions(in file: SourceFile) -> [(line: Int, count: Int)] {
        var found: [(line: Int, count: Int)] = []
        var open: [(line: Int, indent: Int)] = []
        for (index, line) in file.lines.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            let text = line.dropFirst(indent)
            if text == "}", let last = open.last, last.indent == indent {
                found.append((last.line, index - last.line + 1))
                open.removeLast()
            } else if startsFunction(text), !text.hasSuffix("}") {
                open.removeAll { $0.indent >= indent }
                open.append((index + 1, indent))
            }
        }
        return found
    }

    private static func startsFunction(_ text: Substring) -> Bool {
        let words = text.prefix { $0 != "(" && $0 != "{" }.split(separator: " ")
        return words.contains("func") || words.first.map { $0 == "init" || $0 == "deinit" } == true
    }
}
