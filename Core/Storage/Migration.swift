/// One change of the schema: named `component/0001-what`, written once, never edited or removed after a release.
package struct Migration: Sendable {
    /// The part of the name before the slash; each component has its own row of numbers.
    package let component: String
    package let number: Int
    package let name: String
    let sql: SQL

    /// A name of another shape is our own mistake, and stops the program.
    package init(_ name: StaticString, _ sql: SQL) {
        let text = "\(name)"
        guard let parts = Self.parse(text) else {
            preconditionFailure("migration \"\(text)\" is not named component/0001-what")
        }
        component = parts.component
        number = parts.number
        self.name = text
        self.sql = sql
    }

    /// The component and the number in a name of the right shape.
    static func parse(_ name: String) -> (component: String, number: Int)? {
        let halves = name.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let dash = halves[1].firstIndex(of: "-") else { return nil }
        let digits = halves[1][..<dash]
        let what = halves[1][halves[1].index(after: dash)...]
        let isPlain = { (part: Substring) in
            !part.isEmpty && part.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        }
        guard isPlain(halves[0]), isPlain(what), digits.utf8.count == 4, let number = Int(digits), number > 0
        else { return nil }
        return (String(halves[0]), number)
    }

    /// FNV-1a, 64 bits: tells an edited text, not a forged one.
    var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in sql.text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
