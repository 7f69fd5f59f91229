import GantryBytes
import Testing

@Suite struct EditDistanceTests {
    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "abd", 1), ("abc", "ab", 1),
        ("ab", "ba", 1),
        ("port", "prot", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
    ])
    func counts(one: String, other: String, distance: Int) {
        #expect(EditDistance.between(Array(one.unicodeScalars), Array(other.unicodeScalars)) == distance)
        #expect(EditDistance.between(Array(other.unicodeScalars), Array(one.unicodeScalars)) == distance)
    }

    @Test(arguments: [
        ("prot", "port"), ("Port", "port"), ("ip-address", "ip_address"), ("ipaddress", "ip_address"),
        ("max_paralel_conections", "max_parallel_connections"), ("lgo", "log"),
    ])
    func suggests(typo: String, meant: String) {
        #expect(EditDistance.nearest(to: typo, in: ["ip_address", "port", "log", "max_parallel_connections"]) == meant)
    }

    @Test(arguments: ["", "x", "zzzz", "gateway", String(repeating: "a", count: 65)])
    func suggestsNothingFar(typo: String) {
        let candidates = ["ip_address", "port", "y", String(repeating: "a", count: 66)]
        #expect(EditDistance.nearest(to: typo, in: candidates) == nil)
    }

    @Test func prefersTheNearest() {
        #expect(EditDistance.nearest(to: "store1", in: ["stare22", "stores", "store"]) == "stores")
        #expect(EditDistance.nearest(to: "save", in: ["sav", "save"]) == "save")
    }
}
