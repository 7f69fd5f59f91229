import GantryJSON
import Testing

@Suite struct JSONBuilderTests {
    @Test func writesPieceByPiece() {
        var builder = JSONBuilder()
        builder.object { builder in
            builder.member("s", "a\"b")
            builder.member("i", -7)
            builder.member("l", Int64.min)
            builder.member("u", UInt64.max)
            builder.member("d", 0.5)
            builder.member("f", false)
            builder.member("v", ["x": nil] as JSONValue)
            builder.member("none", String?.none)
            builder.member("maybe", String?("y"))
            builder.member("noNumber", Int64?.none)
            builder.member("number", Int64?(9))
            builder.array("list") { builder in
                builder.value("x")
                builder.null()
                builder.array { _ in }
                builder.object { $0.member("k", true) }
            }
            builder.object("empty") { _ in }
            builder.key("raw")
            builder.raw("[1]")
        }
        #expect(
            String(decoding: builder.finish(), as: UTF8.self)
                == #"{"s":"a\"b","i":-7,"l":-9223372036854775808,"u":18446744073709551615,"d":0.5,"f":false,"#
                + #""v":{"x":null},"none":null,"maybe":"y","noNumber":null,"number":9,"#
                + #""list":["x",null,[],{"k":true}],"empty":{},"raw":[1]}"#)
    }

    @Test func passesErrorsOn() {
        struct Stop: Error {}
        var builder = JSONBuilder()
        #expect(throws: Stop.self) {
            try builder.object { (_: inout JSONBuilder) throws(Stop) in throw Stop() }
        }
    }

    @Test func keepsToTheWriter() {
        var builder = JSONBuilder(.pretty)
        builder.beginArray()
        builder.value(1)
        builder.beginObject()
        builder.member("a", "x")
        builder.endObject()
        builder.endArray()
        #expect(String(decoding: builder.finish(), as: UTF8.self) == "[\n  1,\n  {\n    \"a\": \"x\"\n  }\n]")
    }

    @Test func anOpenObjectTraps() async {
        await #expect(processExitsWith: .failure) {
            var builder = JSONBuilder()
            builder.beginObject()
            _ = builder.finish()
        }
    }

    @Test func endingTooMuchTraps() async {
        await #expect(processExitsWith: .failure) {
            var builder = JSONBuilder()
            builder.endArray()
        }
    }
}
