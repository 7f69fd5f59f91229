import Foundation
import GantryConfig
import GantryPluginHost
import GantryServer

/// A configuration as text, in a folder of its own that goes away with it.
final class ConfigurationText: Sendable {
    let folder: String

    init() {
        folder = NSTemporaryDirectory() + "gantry server \(UUID().uuidString.prefix(13))"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { folder + "/" + name }

    func load(_ text: String, environment: [String: String] = [:]) throws -> LoadedConfiguration {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path("config.json")))
        return try LoadedConfiguration.load(
            path("config.json"), registry: try PluginRegistry([], reserved: []), environment: environment)
    }

    /// The problems of a text, one line each, beginning with the position.
    func problems(_ text: String) throws -> [String] {
        do {
            _ = try load(text)
            return []
        } catch let error as ConfigError {
            return error.problems.map { $0.description.replacingOccurrences(of: path("config.json") + ":", with: "") }
        }
    }

    /// The folder that this package is in.
    static let packageRoot = #filePath.components(separatedBy: "/Tests/").dropLast().joined(separator: "/Tests/")
}
