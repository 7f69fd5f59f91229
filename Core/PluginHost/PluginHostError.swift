package import GantryPlugin

/// Everything that was wrong with the plugins, not only the first thing.
package struct PluginHostError: Error, CustomStringConvertible {
    package let problems: [PluginError]

    package init(problems: [PluginError]) { self.problems = problems }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
