import GantryCrypto
import TestSupport

/// The TLS engine alone: records sealed by one side and opened by the other, in memory, on one thread.
struct CipherBenchmark {
    let seconds: Double

    /// Plaintext megabytes a second that pass through both engines.
    func line() throws -> BenchmarkLine {
        let (client, server) = try connected()
        let payload = [UInt8](repeating: 0x5A, count: TLSLimits.recordBytesMax * 16)
        var received = 0
        let start = ContinuousClock.now
        while start.duration(to: .now) < .seconds(seconds) {
            try client.write(payload.span)
            let sealed = client.takeCiphertext()
            _ = try server.feed(sealed.span) { plaintext in
                received += plaintext.count
                return true
            }
        }
        let elapsed = start.duration(to: .now) / .seconds(1)
        return BenchmarkLine(name: "cipher", unit: "MB/s", ours: Double(received) / elapsed / 1e6)
    }

    private func connected() throws -> (client: TLSEngine, server: TLSEngine) {
        let authority = try TestAuthority()
        let identity = try authority.server("localhost")
        var configuration = TLSServerConfiguration(identities: [identity])
        configuration.minimumVersion = .v13
        let server = try TLSEngine(server: TLSContext(server: configuration))
        let trust = TLSClientConfiguration(trust: .certificates([authority.root]))
        let client = try TLSEngine(client: TLSContext(client: trust), host: "localhost")
        _ = try client.proceed()
        for _ in 0..<8 where !(client.state == .open && server.state == .open) {
            _ = try server.feed(client.takeCiphertext().span)
            _ = try client.feed(server.takeCiphertext().span)
        }
        return (client, server)
    }
}
