import GantryBytes
import GantryJSON

/// One entry of the audit log as a line for people. The columns have widths that do not depend on other entries, since
/// those that follow are not known yet.
enum AuditLine {
    private static let widths = [24, 14, 20, 22, 15]

    static let heading = line(["TIME", "USER", "ACTION", "SUBJECT", "FROM", "DETAILS"])

    static func text(_ entry: JSONValue) -> String {
        var details: [String] = entry["outcome"]?.string == "refused" ? ["refused"] : []
        for (key, value) in entry["details"]?.object ?? [:] { details.append("\(key)=\(value.string ?? value.text())") }
        let cells = ["time", "actor", "action", "subject", "address"].map { key in
            let text = entry[key]?.string ?? ""
            return text.isEmpty ? "-" : text
        }
        return line(cells + [details.joined(separator: " ")])
    }

    private static func line(_ cells: [String]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let shown = ControlCharacters.escaped(cell)
            let width = index < widths.count ? widths[index] : 0
            line += shown + String(repeating: " ", count: max(0, width - shown.count))
            if index < cells.count - 1 { line += "  " }
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
