import GantryEventLoop
import Testing

@Suite(.timeLimit(.minutes(1))) struct ResolverTests {
    @Test func addressesResolveToThemselves() async throws {
        try await withLoop { loop async throws in
            #expect(try await Resolver.resolve("192.0.2.1", port: 5, on: loop) == [.ipv4(0xC000_0201, port: 5)])
            #expect(try await Resolver.resolve("::1", port: 5, on: loop) == [.loopback6(port: 5)])
        }
    }

    @Test func localhostIsThisMachine() async throws {
        try await withLoop { loop in
            let addresses = try await Resolver.resolve("localhost", port: 80, on: loop)
            #expect(!addresses.isEmpty && addresses.allSatisfy { $0.isLoopback && $0.port == 80 })
            #expect(Set(addresses).count == addresses.count)
        }
    }

    @Test(arguments: ["", "a\0b", String(repeating: "a", count: 256), "name.invalid"])
    func badNamesAreErrors(_ name: String) async throws {
        try await withLoop { loop in
            await #expect {
                _ = try await Resolver.resolve(name, port: 80, on: loop, deadline: .now + .seconds(20))
            } throws: { ($0 as? LoopError)?.operation == "resolve" }
        }
    }

    @Test func cancellationEndsTheWait() async throws {
        try await withLoop { loop in
            let task = Task.immediate(executorPreference: loop) {
                try await Resolver.resolve("localhost", port: 80, on: loop)
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }
}
