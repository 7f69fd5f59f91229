import GantryCommandLine
import GantryConfig
import GantryHTTP
import GantryIdentity
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
            doors: [
                Door(name: "probe", signatures: [Array("<PROBE".utf8)], serve: Self.serveDoor),
                Door(name: "probe-who", signatures: [Array("<WHO".utf8)], serve: tellWho),
            ])
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
        Route(.get, "/probe/members", access: .grant("plugin:probe:members")) { _ in .text("for members only") }
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

    /// `<WHO token` or `<WHO user password` and a line feed: tells the user's name, and whether it is a member.
    private func tellWho(_ connection: DoorConnection) async throws {
        var line: [UInt8] = []
        while !line.contains(10), let bytes = try await connection.read(until: .now + .seconds(20)) { line += bytes }
        let words = String(decoding: line.dropLast(), as: UTF8.self).split(separator: " ").map(String.init)
        let answer: String
        do {
            let signIn = services.signIn
            let caller =
                words.count == 2
                ? try await signIn.caller(token: words[1])
                : try await signIn.caller(user: words[1], password: words[2], from: connection.remote)
            try caller.require("plugin:probe:members")
            answer = "\(caller.userName) is a member"
        } catch let problem as Problem {
            answer = "\(problem.code): \(problem.detail ?? "")"
        }
        try await connection.write(Array(answer.utf8), until: .now + .seconds(20))
        await connection.finish()
    }

    /// Sends everything back.
    private static func serveDoor(_ connection: DoorConnection) async throws {
        while let bytes = try await connection.read(until: .now + .seconds(20)) {
            try await connection.write(bytes, until: .now + .seconds(20))
        }
        await connection.finish()
    }
}
