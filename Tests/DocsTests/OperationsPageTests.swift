import Foundation
import GantryIdentity
import Testing

@Suite struct OperationsPageTests {
    static let page = DocsPage(path: "docs/operations.md")

    @Test func `the metrics are those of a scrape`() throws {
        let families = Self.families(of: try RunningServer().get("/metrics"))
        #expect(families.count > 20)
        var table = DocsTable("metric", "kind", "labels", "meaning")
        for family in families {
            table.add("`\(family.name)`", family.kind, family.labels.joined(separator: ", "), family.help)
        }
        try Self.page.expect("metrics", toBe: table.text)
    }

    @Test func `the actions of the audit log are those that there are`() throws {
        let told = try Self.page.table(below: "## Audit log").flatMap { row in
            row[0].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(told.sorted() == AuditActions.all.sorted())
        // Those that are recorded by their name.
        let recorded = try Self.recordedActions()
        #expect(recorded.count > 20 && recorded.isSubset(of: AuditActions.all), "\(recorded)")
    }

    private static func recordedActions() throws -> Set<String> {
        let folder = Project.root + "/Core/Identity/"
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
        var actions: Set<String> = []
        for file in files where !file.hasSuffix("IdentityMigrations.swift") {
            let text = try String(contentsOfFile: folder + file, encoding: .utf8)
            let kinds = "login|logout|password|user|grant|role|key|session|token|registration|certificate|users_file"
            let pattern = try Regex(
                "\"((?:\(kinds)|authority|server\\.key)\\.[a-z]+)\"", as: (Substring, Substring).self)
            for match in text.matches(of: pattern) { actions.insert(String(match.output.1)) }
        }
        return actions
    }

    private struct Family {
        let name: String
        let help: String
        var kind = ""
        /// Each label with its values, but for those that depend on the moment.
        var labels: [String] = []
    }

    private static func families(of scrape: String) -> [Family] {
        var families: [Family] = []
        var values: [String: [String]] = [:]
        for line in scrape.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            if line.hasPrefix("# HELP ") {
                families.append(Family(name: words[2], help: words[3]))
                values = [:]
            } else if line.hasPrefix("# TYPE ") {
                families[families.count - 1].kind = words[3]
            } else if let label = label(in: line) {
                values[label.name, default: []].append(label.value)
                families[families.count - 1].labels = values.sorted { $0.key < $1.key }.map { name, values in
                    ["le", "version"].contains(name) ? "`\(name)`" : "`\(name)`: " + values.joined(separator: " ")
                }
            }
        }
        return families
    }

    /// The label of a sample; the server's samples have one at most.
    private static func label(in sample: Substring) -> (name: String, value: String)? {
        guard let open = sample.firstIndex(of: "{"), let close = sample.lastIndex(of: "}") else { return nil }
        let parts = sample[sample.index(after: open)..<close].split(separator: "=", maxSplits: 1)
        return (String(parts[0]), parts[1].filter { $0 != "\"" })
    }
}
