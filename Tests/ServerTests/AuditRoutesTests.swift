import GantryBytes
import GantryJSON
import Testing

@testable import GantryServer

@Suite struct AuditRoutesTests {
    static let now = UnixTime(seconds: 1_764_554_775)

    @Test(
        arguments: [
            ("90s", 90), ("15m", 900), ("2h", 7200), ("7d", 604_800), ("0s", 0), ("999999999d", 86_399_999_913_600),
        ] as [(String, Int64)])
    func `an age is counted back from now`(text: String, seconds: Int64) {
        #expect(AuditRoutes.moment(text, now: Self.now) == UnixTime(seconds: Self.now.seconds - seconds))
    }

    @Test func `a time is taken as it is`() {
        #expect(
            AuditRoutes.moment("2026-11-30T23:59:59+01:00", now: Self.now)
                == UnixTime(rfc3339: "2026-11-30T22:59:59Z"))
    }

    @Test(arguments: ["", "h", "2", "-2h", "2 h", "2w", "1.5h", "٢h", "9999999999d", "2026-11-30"])
    func `anything else is refused`(text: String) {
        #expect(AuditRoutes.moment(text, now: Self.now) == nil)
    }

    @Test func `a line for people is one line, with everything in it`() {
        let entry: JSONValue = [
            "time": "2026-12-01T03:26:08.171Z", "actor": "", "action": "login.refused", "subject": "a\nb",
            "outcome": "refused", "address": "192.0.2.1", "details": ["count": 95, "reason": "password"],
        ]
        #expect(
            AuditLine.text(entry)
                == "2026-12-01T03:26:08.171Z  -               login.refused         a\\nb                    "
                + "192.0.2.1        refused count=95 reason=password")
    }
}
