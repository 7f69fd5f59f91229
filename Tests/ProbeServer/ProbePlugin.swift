import GantryCommandLine
import GantryConfig
import GantryHTTP
import GantryLog
import GantryPlugin

/// Routes and a door that hold, stream and fail on request.
struct ProbePlugin: Plugin {
    struct Configuration: PluginConfiguration {
        let greeting: String
        let password: Secret?
        let failsStart: Bool
        let drainsForever: Bool

        init(section: inout ConfigSection) {
            greeting = section.string("greeting", default: "hello", help: "What /probe/greeting says.")
            password = section.secret("password", help: "Written to the log at start, where it must not be seen.")
            failsStart = section.bool("fails_start", default: false, help: "Whether the start fails.")
            drainsForever = section.bool("drains_forever", default: false, help: "Whether draining never ends.")
        }
    }

    static let manifest = PluginManifest(name: "probe", summary: "What the tests need of a server.", version: "1.0")

    /// Shared by the instances of a reload, as a held request outlives its plugin.
    private static let gate = Gate()

    private let configuration: Configuration
    private let services: PluginServices

    init(configuration: Configuration, services: PluginServices) throws(PluginError) {
        self.configuration = configuration
        self.services = services
    }

    var contributions: Contributions {
        Contributions(
            routes: [greeting, members, hold, holding, release, echo, stream, fail],
            doors: [Door(name: "probe", signatures: [Array("<PROBE".utf8)], serve: Self.serveDoor)])
    }

    func start(with everyone: ContributionIndex) async throws(PluginError) {
        if let password = configuration.password {
            services.logger.info("the password is \(password.reveal())")
        }
        if configuration.failsStart { throw PluginError(.unavailable, "the relay does not answer") }
    }

    func drain(until deadline: ContinuousClock.Instant) async {
        if configuration.drainsForever { await Gate().wait() }
    }

    private var greeting: Route {
        let text = configuration.greeting
        return Route(.get, "/probe/greeting", access: .anonymous) { _ in .text(text) }
    }

    private var members: Route {
        Route(.get, "/probe/members", access: .grant("probe:members")) { _ in .text("for members only") }
    }

    /// Answers when somebody releases it.
    private var hold: Route {
        Route(.get, "/probe/hold", access: .anonymous) { _ in
            await Self.gate.wait()
            return .text("released")
        }
    }

    /// How many requests are held.
    private var holding: Route {
        Route(.get, "/probe/holding", access: .anonymous) { _ in .text("\(Self.gate.waitingCount)") }
    }

    private var release: Route {
        Route(.post, "/probe/release", access: .anonymous) { _ in
            Self.gate.open(again: true)
            return .text("done")
        }
    }

    private var echo: Route {
        Route(.post, "/probe/echo", access: .anonymous) { request in
            let body = try await request.body.collect(upTo: 1 << 20)
            return HTTPResponse(body: .bytes(body))
        }
    }

    private var stream: Route {
        Route(.get, "/probe/stream/{megabytes:int}", access: .anonymous) { request in
            let count = try request.parameters.int("megabytes")
            return HTTPResponse(
                body: .stream(length: count << 20) { writer in
                    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
                    for _ in 0..<(count << 4) { try await writer.write(piece) }
                })
        }
    }

    private var fail: Route {
        Route(.get, "/probe/fail", access: .anonymous) { _ in
            throw PluginError(.failed, "the secret cause")
        }
    }

    /// Sends everything back.
    private static func serveDoor(_ connection: DoorConnection) async throws {
        while let bytes = try await connection.read(until: .now + .seconds(20)) {
            try await connection.write(bytes, until: .now + .seconds(20))
        }
        await connection.finish()
    }
}
