import Testing

@testable import GantryCommandLine

@Suite struct TableTests {
    private func table() -> Table {
        var table = Table([Table.Column("ID"), Table.Column("SIZE", right: true), Table.Column("NAME", flexible: true)])
        table.append(["1", "20", "日本語 report"])
        table.append(["1000", "3", "a\nb\u{1b}[2J"])
        table.append(["7"])
        return table
    }

    @Test func columnsAreAligned() {
        #expect(
            table().lines(width: nil) == [
                "ID    SIZE  NAME",
                "1       20  日本語 report",
                "1000     3  a\\nb\\u{1b}[2J",
                "7",
            ])
    }

    @Test func flexibleColumnsGiveWay() {
        #expect(
            table().lines(width: 22) == [
                "ID    SIZE  NAME", "1       20  日本語 re…", "1000     3  a\\nb\\u{1b…", "7",
            ])
        // Never narrower than the minimum, even if it does not fit then.
        #expect(table().lines(width: 5)[2] == "1000     3  a\\nb\\u{…")
        #expect(table().lines(width: 200) == table().lines(width: nil))
    }

    @Test func theWidestColumnGivesWayFirst() {
        var table = Table([Table.Column("A", flexible: true), Table.Column("B", flexible: true)])
        table.append([String(repeating: "a", count: 30), String(repeating: "b", count: 10)])
        #expect(table.lines(width: 24)[1] == String(repeating: "a", count: 11) + "…  bbbbbbbbbb")
        #expect(!table.isEmpty && Table([]).isEmpty)
    }
}
