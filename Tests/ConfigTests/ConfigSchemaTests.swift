import GantryConfig
import GantryJSON
import Testing

@Suite struct ConfigSchemaTests {
    @Test func writesDownWhatIsAskedFor() throws {
        let schema = JSONValue.object(ConfigSchema.make(title: "Sample") { Sample(section: &$0) })
        let expected = """
            {"$schema":"https://json-schema.org/draft/2020-12/schema","title":"Sample","type":"object","properties":{
            "$schema":{"type":"string"},
            "ip_address":{"description":"Address to listen on.","type":"string","minLength":1,"default":"localhost"},
            "port":{"description":"Port to listen on; 0 takes a free one.","type":"integer","minimum":0,"maximum":65535,
            "default":5690},
            "ratio":{"description":"Share of the memory.","type":"number","minimum":0,"maximum":1,"default":0.5},
            "forced_ssl_usage":{"description":"Serve TLS only.","type":"boolean","default":false},
            "grace_seconds":{"description":"Time.","type":"number","minimum":1,"maximum":60,"default":30},
            "data_directory":{"description":"Where everything is kept.","type":"string","default":"data"},
            "certificate_path":{"description":"Certificate chain.","type":"string","default":""},
            "level":{"description":"What is logged.","enum":["debug","info","warning"],"default":"info"},
            "password":{"description":"Password of the store.","writeOnly":true,"oneOf":[{"type":"string"},
            {"type":"object","properties":{"file":{"type":"string"}},"required":["file"],"additionalProperties":false},
            {"type":"object","properties":{"env":{"type":"string"}},"required":["env"],"additionalProperties":false}]},
            "tags":{"description":"Labels.","type":"array","items":{"type":"string","minLength":1},"maxItems":3,
            "default":["x"]},
            "store":{"description":"The database.","type":"object","properties":{
            "engine":{"description":"Kind of database.","type":"string","default":"sqlite"}},
            "additionalProperties":false},
            "procedures":{"description":"Procedures by name.","type":"object","additionalProperties":{"type":"object",
            "properties":{"operation":{"description":"The command.","type":"string","minLength":1},
            "retries":{"description":"Attempts after the first.","type":"integer","minimum":0,"maximum":20,"default":3},
            "error_codes":{"description":"Exit codes that fail.","type":"array","items":{"type":"integer","minimum":1,
            "maximum":255},"default":[]}},"additionalProperties":false,"required":["operation"]},"default":{}},
            "mail":{"description":"Mail.","type":"object","properties":{
            "host":{"description":"Mail server.","type":"string"},
            "key":{"description":"Key of the mail server.","writeOnly":true,"oneOf":[{"type":"string"},
            {"type":"object","properties":{"file":{"type":"string"}},"required":["file"],"additionalProperties":false},
            {"type":"object","properties":{"env":{"type":"string"}},"required":["env"],"additionalProperties":false}]}},
            "additionalProperties":false,"required":["host","key"]},
            "extra":{"description":"For others.","default":{}}},"additionalProperties":false}
            """
        #expect(schema.text() == expected.split(separator: "\n").joined())
    }

    @Test func showsWhatIsInForce() throws {
        let text =
            #"{"port": 1, "mail": {"key": "k", "host": "h"}, "extra": {"a_token": "t", "list": [{"Api-Key": 1}]}}"#
        let effective = JSONValue.object(try decode(text).effective)
        let expected = """
            {"ip_address":"localhost","port":1,"ratio":0.5,"forced_ssl_usage":false,"grace_seconds":30,
            "data_directory":"/etc/gantry/data","certificate_path":"","level":"info","tags":["x"],
            "store":{"engine":"sqlite"},"procedures":{},"mail":{"host":"h","key":"<redacted>"},
            "extra":{"a_token":"<redacted>","list":[{"Api-Key":"<redacted>"}]}}
            """
        #expect(effective.text() == expected.split(separator: "\n").joined())
    }

    @Test func showsListsAndMapsWithTheirDefaults() throws {
        let text = #"{"procedures": {"z": {"operation": "x", "error_codes": [2]}, "a": {"operation": "y"}}}"#
        let shown = try decode(text).effective["procedures"]
        #expect(
            shown?.text()
                == #"{"z":{"operation":"x","retries":3,"error_codes":[2]},"#
                + #""a":{"operation":"y","retries":3,"error_codes":[]}}"#
        )
    }
}
