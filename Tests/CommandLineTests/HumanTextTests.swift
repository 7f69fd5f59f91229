import Testing

@testable import GantryCommandLine

@Suite struct HumanTextTests {
    @Test(arguments: [
        (0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (1536, "1.50 KiB"), (10_239, "10.0 KiB"),
        (102_400, "100 KiB"),
        (1_048_575, "1.00 MiB"), (1_047_552, "1023 KiB"), (24_536_678, "23.4 MiB"), (5 << 40, "5.00 TiB"),
        (Int.max, "8.00 EiB"),
        (-2048, "-2.00 KiB"), (Int.min, "-8.00 EiB"),
    ])
    func sizes(bytes: Int, shown: String) { #expect(HumanText.size(bytes) == shown) }

    @Test(arguments: [
        (Duration.zero, "0 ms"), (.milliseconds(999), "999 ms"), (.microseconds(1500), "1 ms"), (.seconds(1), "1.0 s"),
        (.milliseconds(59_999), "59.9 s"), (.seconds(60), "1 min 0 s"), (.seconds(3599), "59 min 59 s"),
        (.seconds(7380), "2 h 3 min"), (.seconds(86_400 * 3 + 4 * 3600), "3 d 4 h"), (.seconds(-5), "-5.0 s"),
    ])
    func durations(duration: Duration, shown: String) { #expect(HumanText.duration(duration) == shown) }
}
