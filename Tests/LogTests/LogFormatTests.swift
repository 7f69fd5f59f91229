import GantryBytes
import Testing

@testable import GantryLog

@Suite struct LogFormatTests {
    /// 2026-11-21T04:38:52.123Z
    private static let time = UnixTime(milliseconds: 1_795_235_932_123)

    private func line(_ format: LogFormat, _ level: LogLevel, _ message: String, _ fields: LogFields = [:]) -> String {
        String(
            decoding: format.line(
                LogEvent(time: Self.time, level: level, message: message, fields: fields)), as: UTF8.self)
    }

    @Test(arguments: [
        (LogLevel.debug, "debug "), (.info, "info  "), (.notice, "notice "), (.warning, "warning "), (.error, "error "),
    ])
    func textBeginsWithTimeAndLevel(level: LogLevel, shown: String) {
        #expect(line(.text, level, "started") == "2026-11-21T04:38:52.123Z \(shown)started\n")
    }

    @Test(arguments: [
        (LogValue.string("plain-word/1.2:3"), "plain-word/1.2:3"),
        (.string(""), "\"\""),
        (.string("two words"), "\"two words\""),
        (.string("a=b"), "\"a=b\""),
        (.string("say \"no\" \\ yes"), "\"say \\\"no\\\" \\\\ yes\""),
        (.string("line\nline\r\tend"), "\"line\\nline\\r\\tend\""),
        (.string("\u{1b}[31mred\u{9b}\u{7f}\0"), "\"\\u{1b}[31mred\\u{9b}\\u{7f}\\u{0}\""),
        (.string("turn\u{202e}ed\u{2028}"), "\"turn\\u{202e}ed\\u{2028}\""),
        (.string("Grüße-日本"), "Grüße-日本"),
        (.int(-7), "-7"),
        (.bool(true), "true"),
        (.double(0.25), "0.25"),
        (.list([1, "a b", true, "x,y"]), "[1,\"a b\",true,\"x,y\"]"),
    ])
    func textValues(value: LogValue, shown: String) {
        #expect(line(.text, .info, "m", ["k": value]) == "2026-11-21T04:38:52.123Z info  m k=\(shown)\n")
    }

    @Test func textMessageCannotBeginANewLineOrMoveTheCursor() {
        let shown = line(.text, .error, "one\n2026-11-21T00:00:00.000Z info  forged\u{1b}[2K")
        #expect(shown == "2026-11-21T04:38:52.123Z error one\\n2026-11-21T00:00:00.000Z info  forged\\u{1b}[2K\n")
    }

    @Test func textNamesAreOneWord() {
        #expect(line(.text, .info, "m", ["a b=c\n": 1, "": 2]).hasSuffix(" m a_b_c_=1 _=2\n"))
    }

    @Test func jsonIsOneObjectPerLine() {
        let shown = line(
            .json, .warning, "say \"no\"\n\u{1b}",
            ["job": "01J", "count": 3, "ok": false, "load": 0.5, "nan": .double(.nan), "list": ["a", 1], "ü": "Grüße"])
        #expect(
            shown == #"{"time":"2026-11-21T04:38:52.123Z","level":"warning","message":"say \"no\"\n\u001b","#
                + #""job":"01J","count":3,"ok":false,"load":0.5,"nan":"nan","list":["a",1],"ü":"Grüße"}"# + "\n")
    }

    @Test(arguments: ["\u{9b}2J", "\u{2028}", "\u{202e}"])
    func jsonHidesControlCharactersThatJSONAllows(text: String) {
        for shown in [line(.json, .info, "ü\(text)"), line(.json, .info, "ü", ["k": [.string(text)]])] {
            #expect(shown.utf8.allSatisfy { $0 < 0x80 } && shown.contains("\\u00fc"))
        }
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func timestamps(time: Int64, shown: String) {
        let line = LogFormat.text.line(LogEvent(time: UnixTime(milliseconds: time), level: .info, message: ""))
        #expect(String(decoding: line, as: UTF8.self).hasPrefix(shown + " "))
    }
}
