import GantryBytes
import Testing

@Suite struct UnixTimeTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (784_111_777_000, "1994-11-06T08:49:37.000Z"),
        (951_782_400_123, "2000-02-29T00:00:00.123Z"), (951_868_799_999, "2000-02-29T23:59:59.999Z"),
        (1_709_164_800_000, "2024-02-29T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (-62_162_035_200_000, "0000-03-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func rfc3339(milliseconds: Int64, text: String) {
        #expect(UnixTime(milliseconds: milliseconds).rfc3339 == text)
        #expect(UnixTime(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31t19:00:00-05:00", 0), ("1970-01-01 00:00:00z", 0),
        ("1970-01-01T00:00:00.5Z", 500), ("1970-01-01T00:00:00.123999Z", 123), ("1972-06-30T23:59:60Z", 78_796_800_000),
        ("1972-06-30T23:59:60.9Z", 78_796_800_000), ("1970-01-01T00:00:00-00:00", 0),
    ])
    func otherSpellings(text: String, milliseconds: Int64) {
        #expect(UnixTime(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "1970-01-01", "1970-01-01T00:00:00", "1970-1-01T00:00:00Z", "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z",
        "1970-01-32T00:00:00Z", "2023-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "1970-01-01T24:00:00Z",
        "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00+1:00",
        "1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00+00:60", "1970-01-01T00:00:00Zx", "１970-01-01T00:00:00Z",
        "-970-01-01T00:00:00Z",
    ])
    func refuses(text: String) {
        #expect(UnixTime(rfc3339: text) == nil)
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (-86400, "Wed, 31 Dec 1969 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func httpDate(seconds: Int64, text: String) {
        #expect(UnixTime(seconds: seconds).httpDate == text)
        #expect(UnixTime(httpDate: text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ", "sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
    ])
    func refusesAsHTTPDate(text: String) {
        #expect(UnixTime(httpDate: text) == nil)
    }

    @Test func everyDayOfFourCenturiesGoesThereAndBack() {
        var weekday = 4
        let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        for day in 0..<146_097 {
            let time = UnixTime(seconds: Int64(day) * 86400)
            let text = time.httpDate
            guard UnixTime(httpDate: text) == time, text.hasPrefix(names[weekday]) else {
                Issue.record("day \(day) became \(text)")
                return
            }
            weekday = (weekday + 1) % 7
        }
    }

    @Test func countsSecondsDownwards() {
        #expect(UnixTime(milliseconds: -1).seconds == -1)
        #expect(UnixTime(milliseconds: -1000).seconds == -1)
        #expect(UnixTime(milliseconds: 1999).seconds == 1)
    }

    @Test func movesByDurations() {
        let time = UnixTime(seconds: 10)
        #expect(time + .milliseconds(1500) == UnixTime(milliseconds: 11_500))
        #expect(time - .seconds(20) == UnixTime(seconds: -10))
        #expect(time - UnixTime(seconds: 4) == .seconds(6))
        #expect(time < time + .milliseconds(1))
    }

    @Test func nowIsThisCentury() {
        #expect(UnixTime.now() > UnixTime(seconds: 1_700_000_000))
    }
}
