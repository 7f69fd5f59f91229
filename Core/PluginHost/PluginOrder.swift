package import GantryPlugin

/// The order in which plugins start: each after what it requires, otherwise as they are listed.
package enum PluginOrder {
    package static func sorted(_ manifests: [PluginManifest]) throws(PluginHostError) -> [String] {
        let byName = Dictionary(manifests.map { ($0.name, $0) }) { first, _ in first }
        let missing = manifests.flatMap { manifest in
            manifest.requires.filter { byName[$0] == nil }.map { requirement in
                PluginError(
                    plugin: manifest.name, .requirement,
                    "requires the plugin \"\(requirement)\", which is not enabled: add a section \"\(requirement)\"")
            }
        }
        guard missing.isEmpty else { throw PluginHostError(problems: missing) }

        var walk = Walk(byName: byName)
        for manifest in manifests { walk.visit(manifest.name) }
        guard walk.rings.isEmpty else { throw PluginHostError(problems: walk.rings) }
        return walk.order
    }

    /// Depth first; `path` is the chain of requirements that led here.
    private struct Walk {
        let byName: [String: PluginManifest]
        var order: [String] = []
        var rings: [PluginError] = []
        private var done: Set<String> = []
        private var path: [String] = []

        init(byName: [String: PluginManifest]) { self.byName = byName }

        mutating func visit(_ name: String) {
            guard !done.contains(name) else { return }
            if let start = path.firstIndex(of: name) {
                let ring = (path[start...] + [name]).joined(separator: " → ")
                rings.append(PluginError(plugin: name, .requirement, "requires itself in a ring: \(ring)"))
                return
            }
            path.append(name)
            for requirement in byName[name]?.requires ?? [] { visit(requirement) }
            path.removeLast()
            if done.insert(name).inserted { order.append(name) }
        }
    }
}
