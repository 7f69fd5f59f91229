/// Breaks text into lines of a width.
enum TextWrap {
    /// The lines of one paragraph; a word longer than the width stands alone on a line.
    static func lines(_ paragraph: some StringProtocol, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in paragraph.split(separator: " ") {
            let length = DisplayWidth.of(String(word))
            if used > 0 && used + 1 + length > width {
                lines.append(line)
                line = ""
                used = 0
            }
            if used > 0 {
                line += " "
                used += 1
            }
            line += word
            used += length
        }
        if used > 0 { lines.append(line) }
        return lines
    }

    /// The lines of several paragraphs, which empty lines separate; lines that begin with a blank are kept as they are.
    static func paragraphs(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var paragraph = ""
        func close(_ lines: inout [String], _ paragraph: inout String) {
            lines += TextWrap.lines(paragraph, width: width)
            paragraph = ""
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty || line.hasPrefix(" ") {
                close(&lines, &paragraph)
                lines.append(String(line))
            } else {
                paragraph += paragraph.isEmpty ? String(line) : " \(line)"
            }
        }
        close(&lines, &paragraph)
        return lines
    }
}
