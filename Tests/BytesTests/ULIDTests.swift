import GantryBytes
import TestSupport
import Testing

@Suite struct ULIDTests {
    @Test func textGivesTheValueBack() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<200 {
            let time = UnixTime(milliseconds: Int64.random(in: 0..<(1 << 48), using: &random))
            let id = ULID.make(now: time, random: &random)
            let text = id.description
            #expect(text.utf8.count == ULID.textLength)
            #expect(try #require(ULID(text)) == id)
            #expect(try #require(ULID(text.lowercased())) == id)
            #expect(id.time == time)
        }
    }

    @Test func knownText() throws {
        let id = try #require(ULID("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
        #expect(id.time == UnixTime(milliseconds: 1_469_922_850_259))
        #expect(id.description == "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        let last = try #require(ULID("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"))
        #expect(last.time == ULID.timeMax)
    }

    @Test func textSortsByTime() {
        var random = SeededRandom(seed: 2)
        let ids = [0, 1, 1000, 1_800_000_000_000, 1_800_000_000_001, 1 << 48 - 1]
            .map { ULID.make(now: UnixTime(milliseconds: $0), random: &random) }
        #expect(ids == ids.sorted())
        #expect(ids.map(\.description) == ids.map(\.description).sorted())
    }

    @Test func theSuccessorIsTheNextLargerText() throws {
        for (text, next) in [
            ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAW"),
            ("01ARZ3NDEKTSVFZZZZZZZZZZZZ", "01ARZ3NDEKTSVG000000000000"),
            ("01ARZ3NDEKZZZZZZZZZZZZZZZZ", "01ARZ3NDEM0000000000000000"),
        ] {
            #expect(try #require(ULID(text)).successor?.description == next)
        }
        #expect(try #require(ULID("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")).successor == nil)
    }

    @Test func theFirstOfAMomentIsNotLargerThanOthersOfIt() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<100 {
            let time = UnixTime(milliseconds: Int64.random(in: 1..<(1 << 48), using: &random))
            let first = ULID(firstAt: time)
            #expect(first.time == time)
            #expect(first <= ULID.make(now: time, random: &random))
            #expect(ULID.make(now: UnixTime(milliseconds: time.milliseconds - 1), random: &random) < first)
        }
    }

    @Test func timesOutsideTheFormatAreMovedToItsBorder() {
        var random = SeededRandom(seed: 3)
        #expect(ULID.make(now: UnixTime(milliseconds: -5), random: &random).time.milliseconds == 0)
        #expect(ULID.make(now: UnixTime(milliseconds: .max), random: &random).time == ULID.timeMax)
    }

    @Test(arguments: [
        "", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVV", "81ARZ3NDEKTSV4RRFFQ69G5FAV",
        "01ARZ3NDEKTSV4RRFFQ69G5FAU", "01ARZ3NDEKTSV4RRFFQ69G5FAI", "01ARZ3NDEKTSV4RRFFQ69G5F-V",
        "01ARZ3NDEKTSV4RRFFQ69G5Fé",
    ])
    func refuses(text: String) {
        #expect(ULID(text) == nil)
    }
}
