import Testing

@testable import GantryServer

@Suite struct OwnHostsTests {
    let text = ConfigurationText()

    private func hosts(_ json: String, machine: String = "hall") throws -> [String] {
        OwnHosts.list(try text.load(json).server, machine: machine)
    }

    @Test func `the machine's name comes first, then what is configured`() throws {
        #expect(try hosts("{}") == ["hall", "localhost", "127.0.0.1", "::1"])
        #expect(
            try hosts(#"{"own_certificate_names": ["b.example.org", "10.0.0.7"], "ip_address": "10.0.0.7"}"#)
                == ["hall", "b.example.org", "10.0.0.7", "localhost", "127.0.0.1", "::1"])
        #expect(try hosts(#"{"ip_address": "jobs.example.org"}"#).contains("jobs.example.org"))
    }

    @Test(arguments: ["0.0.0.0", "::"]) func `an address that stands for all is none`(address: String) throws {
        #expect(try hosts(#"{"ip_address": "\#(address)"}"#) == ["hall", "localhost", "127.0.0.1", "::1"])
    }

    @Test(arguments: ["", "not a name", "-"]) func `a machine without a proper name does without`(name: String) throws {
        #expect(try hosts("{}", machine: name) == ["localhost", "127.0.0.1", "::1"])
    }

    @Test func `this machine has a name`() { #expect(!OwnHosts.machineName.isEmpty) }
}
