import Testing

@testable import GantryTransport

@Suite struct PortSnifferTests {
    static let sniffer = PortSniffer(signatures: [Array("<".utf8), Array("BROKER/".utf8), Array("BRIDGE/".utf8)])

    @Test(arguments: [
        ("", PortSniffer.Verdict.undecided), ("<TRANSMISSION_START>", .door(0)), ("BROKER/1", .door(1)),
        ("BRIDGE/1", .door(2)), ("BR", .undecided), ("BRO", .undecided), ("BROOM", .http), ("GET / HTTP/1.1", .http),
        ("B", .undecided), ("\u{0}", .http), (" <", .http),
    ])
    func `the first bytes tell who serves`(text: String, verdict: PortSniffer.Verdict) {
        let bytes = [UInt8](text.utf8)
        #expect(Self.sniffer.verdict(on: bytes.span, isSecure: false) == verdict)
        #expect(Self.sniffer.verdict(on: bytes.span, isSecure: true) == verdict)
    }

    @Test func `TLS is seen in clear only`() {
        let hello: [UInt8] = [0x16, 3, 1]
        #expect(Self.sniffer.verdict(on: hello.span, isSecure: false) == .tls)
        #expect(Self.sniffer.verdict(on: hello.span, isSecure: true) == .http)
    }

    @Test(arguments: ["<TRANSMISSION_START>", "BROKER/1.0\r\n", "BRIDGE/", "GET / HTTP/1.1\r\n", "BRxx"])
    func `a verdict does not depend on the pieces`(text: String) {
        let bytes = [UInt8](text.utf8)
        let whole = Self.sniffer.verdict(on: bytes.span, isSecure: false)
        for count in 1...bytes.count {
            let prefix = Array(bytes[..<count])
            let verdict = Self.sniffer.verdict(on: prefix.span, isSecure: false)
            #expect(verdict == whole || verdict == .undecided)
            if verdict != .undecided { return }
        }
        Issue.record("no verdict on the whole of it")
    }
}
