import GantryBytes

/// Rows under headings, with aligned columns.
///
/// Where the width is limited the columns marked as flexible give way, widest first, and are cut with an ellipsis; a
/// table that still does not fit is left wide. Without a limit nothing is cut. Control characters are escaped.
public struct Table: Sendable, Hashable {
    /// One column: its heading and how its cells lie.
    public struct Column: Sendable, Hashable {
        let heading: String
        let isRight: Bool
        let isFlexible: Bool

        /// Declares a column; numbers read best on the right, long texts should be flexible.
        public init(_ heading: String, right: Bool = false, flexible: Bool = false) {
            self.heading = heading
            isRight = right
            isFlexible = flexible
        }
    }

    private static let gap = 2
    private static let flexibleWidthMin = 8

    private let columns: [Column]
    private var rows: [[String]] = []

    /// A table without rows yet.
    public init(_ columns: [Column]) { self.columns = columns }

    /// Whether there is nothing but the headings.
    public var isEmpty: Bool { rows.isEmpty }

    /// Adds a row; missing cells are empty, and more cells than columns are a programming mistake.
    public mutating func append(_ cells: [String]) {
        precondition(cells.count <= columns.count, "a row has more cells than the table has columns")
        let padding = [String](repeating: "", count: columns.count - cells.count)
        rows.append(cells.map(ControlCharacters.escaped) + padding)
    }

    /// The lines, headings first, without blanks at the end.
    func lines(width: Int?) -> [String] {
        let all = [columns.map(\.heading)] + rows
        var widths = columns.indices.map { column in all.map { DisplayWidth.of($0[column]) }.max() ?? 0 }
        if let width { shrink(&widths, to: width) }
        return all.map { row in
            var line = ""
            for (index, cell) in row.enumerated() {
                let shown = DisplayWidth.cut(cell, to: widths[index])
                let padding = String(repeating: " ", count: widths[index] - DisplayWidth.of(shown))
                line += columns[index].isRight ? padding + shown : shown + padding
                if index < row.count - 1 { line += String(repeating: " ", count: Table.gap) }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private func shrink(_ widths: inout [Int], to width: Int) {
        var excess = widths.reduce(0, +) + Table.gap * (widths.count - 1) - width
        while excess > 0 {
            let candidates = columns.indices.filter { columns[$0].isFlexible && widths[$0] > Table.flexibleWidthMin }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
            widths[widest] -= 1
            excess -= 1
        }
    }
}
