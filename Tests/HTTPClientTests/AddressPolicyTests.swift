import GantryEventLoop
import GantryHTTPClient
import Testing

@Suite struct AddressPolicyTests {
    @Test(arguments: [
        "0.0.0.0", "0.255.255.255", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
        "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
        "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.255.255.255",
        "240.0.0.1", "255.255.255.255", "::", "::1", "::2", "fe80::1", "febf::1", "fec0::1", "fc00::1", "fdff::1",
        "ff02::1", "2001:db8::1", "3fff::1", "3fff:fff::1", "100::1", "2001:2::1", "2001:10::1", "2001:20::1",
        "64:ff9b:1::808:808", "5f00::1",
    ])
    func `special addresses are refused`(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy.publicOnly.refusal(of: address) != nil)
        #expect(AddressPolicy.unrestricted.refusal(of: address) == nil)
    }

    @Test(arguments: [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
        "169.253.0.1", "172.15.255.255", "172.32.0.1", "192.0.1.1", "192.167.0.1", "192.169.0.1", "198.17.0.1",
        "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2001:4860::8888", "2a00::1", "3ffe::1", "fbff::1",
        "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8", "2001:0:808:808::f7f7:f7f7",
    ])
    func `public addresses are allowed`(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy.publicOnly.refusal(of: address) == nil)
    }

    @Test(arguments: [
        "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::127.0.0.1", "::ffff:0:192.168.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:c0a8:101::1", "2002:a00:1:5::", "2001:0:7f00:1::f7f7:f7f7",
        "2001:0:808:808::80ff:fffe", "2a00::5efe:10.0.0.1", "2a00::200:5efe:127.0.0.1",
    ])
    func `special addresses are found inside of IPv6`(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy.publicOnly.refusal(of: address) != nil)
    }

    @Test func `an allow-list opens blocks, a deny-list closes them, and the latter wins`() throws {
        var policy = AddressPolicy.publicOnly
        policy.allowed = [try #require(AddressRange("10.1.0.0/16")), try #require(AddressRange("::1"))]
        policy.denied = [try #require(AddressRange("10.1.2.0/24")), try #require(AddressRange("8.8.8.8"))]
        func isAllowed(_ text: String) throws -> Bool { policy.refusal(of: try #require(IPAddress(text))) == nil }
        #expect(try isAllowed("10.1.1.1"))
        #expect(try isAllowed("::ffff:10.1.1.1"))
        #expect(try isAllowed("::1"))
        #expect(try !isAllowed("10.2.1.1"))
        #expect(try !isAllowed("10.1.2.3"))
        #expect(try !isAllowed("8.8.8.8"))
        #expect(try !isAllowed("64:ff9b::808:808"))
        #expect(try !isAllowed("2002:a01:101::1"))
        #expect(policy.refusal(of: SocketAddress.unix("/run/x")) != nil)
        policy.allowsUnixSockets = true
        #expect(policy.refusal(of: SocketAddress.unix("/run/x")) == nil)
    }

    @Test(arguments: ["10.0.0.0/8", "10.1.2.3", "::/0", "0.0.0.0/0", "2001:db8::/32", "::1/128"])
    func `ranges that can be read`(text: String) throws {
        let range = try #require(AddressRange(text))
        #expect(range == AddressRange(range.description))
        #expect(range.contains(range.base))
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.1/8", "10.0.0/8", "10.0.0.0/", "10.0.0.0/+8", "::1/129", "x", "/8"])
    func `ranges that cannot be read`(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
