import GantryEventLoop
import GantryTransport
import Testing

@Suite struct PortConfigurationTests {
    private func reason(_ change: (inout PortConfiguration) -> Void) -> String? {
        var configuration = PortConfiguration { stream, _, _ in stream.close() }
        change(&configuration)
        do throws(PortError) {
            try configuration.check()
            return nil
        } catch {
            return error.description
        }
    }

    private func door(_ name: String, _ signature: String) -> Door {
        Door(name: name, signature: [UInt8](signature.utf8)) { stream, _, _ in stream.close() }
    }

    @Test func `what contradicts itself is told`() {
        #expect(reason { _ in } == nil)
        #expect(reason { $0.requiresTLS = true } == "TLS is required but no certificate is set")
        #expect(reason { $0.limits.connectionsMax = 0 } == "a port needs room for a connection")
        #expect(reason { $0.doors = [door("a", "<"), door("b", ">")] } == nil)
        #expect(
            reason { $0.doors = [door("a", "<"), door("b", "<B")] } == "the doors a and b begin with the same bytes")
        #expect(
            reason { $0.doors = [door("a", "<A"), door("b", "<")] } == "the doors a and b begin with the same bytes")
        #expect(reason { $0.doors = [door("a", "")] } == "the signature of the door a must have 1 to 64 bytes")
        #expect(
            reason { $0.doors = [door("a", String(repeating: "x", count: 65))] }
                == "the signature of the door a must have 1 to 64 bytes")
        #expect(reason { $0.doors = [door("a", "\u{16}")] } == "the signature of the door a looks like TLS")
        #expect(
            reason { configuration in configuration.doors = (0..<33).map { door("\($0)", "\(10 + $0)") } }
                == "more than 32 doors on one port")
    }
}
