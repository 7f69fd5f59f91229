import GantryEventLoop
import Testing

@Suite struct SocketAddressTests {
    @Test(arguments: [
        "127.0.0.1:80", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:443", "[::]:0", "[fe80::1%2]:22",
        "[2001:db8::1:0:0:1]:1", "[::ffff:10.0.0.1]:5", "[1:2:3:4:5:6:7:8]:9", "[1::]:2", "unix:/run/x.sock",
        "unix:@name",
    ])
    func textComesBack(_ text: String) throws {
        #expect(try #require(SocketAddress(text)).description == text)
    }

    @Test(arguments: [
        "", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1", "127.1:80", "01.2.3.4:80", "256.0.0.1:80",
        "1.2.3.4.5:80", "a.b.c.d:80", "::1:80", "[::1:80", "[::1]", "[127.0.0.1]:80", "[:::]:1", "[1::2::3]:1",
        "[1:2:3:4:5:6:7]:1", "[1:2:3:4:5:6:7:8:9]:1", "[12345::]:1", "[-1::]:1", "[1.2.3.4::]:1", "[::1%]:1", "unix:",
        "localhost:80",
    ])
    func malformedTextIsRefused(_ text: String) { #expect(SocketAddress(text) == nil) }

    @Test func longestZeroRunIsShortened() throws {
        #expect(try #require(SocketAddress(ip: "2001:0:0:1:0:0:0:1", port: 1)).host == "2001:0:0:1::1")
    }

    @Test(arguments: [
        ("127.9.9.9:1", true), ("128.0.0.1:1", false), ("[::1]:1", true), ("[::2]:1", false),
        ("[::ffff:127.0.0.1]:1", true), ("[::ffff:10.0.0.1]:1", false), ("unix:/x", true),
    ])
    func loopbackIsKnown(_ text: String, _ isLoopback: Bool) throws {
        #expect(try #require(SocketAddress(text)).isLoopback == isLoopback)
    }

    @Test func unixPathHasALimit() {
        let longest = String(repeating: "a", count: SocketAddress.unixPathBytesMax)
        #expect(SocketAddress(unixPath: longest) == .unix(longest))
        #expect(SocketAddress(unixPath: longest + "a") == nil)
        #expect(SocketAddress(unixPath: "a\0b") == nil)
    }

    @Test func portIsReplaced() {
        #expect(SocketAddress.loopback(port: 1).with(port: 2) == .loopback(port: 2))
        #expect(SocketAddress.loopback6(port: 1).with(port: 2).port == 2)
        #expect(SocketAddress.unix("/x").with(port: 2) == .unix("/x"))
    }
}
