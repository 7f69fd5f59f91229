import GantryConfig
import GantryHTTP
import GantryPlugin
import Synchronization

/// What the plugins of one test did, in order. Owner: the mutex.
final class Journal: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

/// How a recording plugin behaves; the tests make one for each plugin they need.
struct Behaviour: Sendable {
    var failsInit = false
    var failsStart = false
    var hangsInStart = false
    var hangsInStop = false
    /// The start takes until this has an element.
    var startGate: AsyncStream<Void>?
    var hangsInDrain = false
    var contributions = Contributions()
}

/// A plugin that writes down each step of its life. Its type is one, its manifests are many: tests build the decoded
/// plugin themselves where they need another name.
struct RecordingPlugin: Plugin {
    struct Configuration: PluginConfiguration {
        let greeting: String
        init(section: inout ConfigSection) {
            greeting = section.string("greeting", default: "hello", help: "What the plugin says.")
        }
    }

    static let manifest = PluginManifest(name: "recording", summary: "Writes down its life.", version: "1.0")

    let name: String
    let behaviour: Behaviour
    let journal: Journal

    init(configuration: Configuration, services: PluginServices) throws(PluginError) {
        self.init(name: Self.manifest.name, behaviour: Behaviour(), journal: Journal())
    }

    init(name: String, behaviour: Behaviour, journal: Journal) {
        self.name = name
        self.behaviour = behaviour
        self.journal = journal
    }

    var contributions: Contributions { behaviour.contributions }

    func start(with everyone: ContributionIndex) async throws(PluginError) {
        journal.add("start \(name)")
        if behaviour.hangsInStart { await hang() }
        if let gate = behaviour.startGate { for await _ in gate { break } }
        if behaviour.failsStart { throw PluginError(.unavailable, "the relay does not answer") }
    }

    func drain(until deadline: ContinuousClock.Instant) async {
        journal.add("drain \(name)")
        if behaviour.hangsInDrain { await hang() }
    }

    func stop() async {
        journal.add("stop \(name)")
        if behaviour.hangsInStop { await hang() }
    }

    /// Waits for a cancellation, as code that lost its peer does.
    private func hang() async {
        let (stream, continuation) = AsyncStream<Never>.makeStream()
        for await _ in stream {}
        continuation.finish()
    }
}

extension DecodedPlugin {
    /// A recording plugin under a name of its own.
    static func recording(
        _ name: String, requires: [String] = [], _ behaviour: Behaviour = Behaviour(), journal: Journal = Journal()
    ) -> DecodedPlugin {
        let manifest = PluginManifest(name: name, summary: "A test's plugin.", version: "1.0", requires: requires)
        return DecodedPlugin(manifest: manifest) { _ throws(PluginError) in
            journal.add("init \(name)")
            if behaviour.failsInit { throw PluginError(.configuration, "the relay's name is empty") }
            return RecordingPlugin(name: name, behaviour: behaviour, journal: journal)
        }
    }
}
