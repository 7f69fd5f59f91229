package import GantryPlugin

/// The plugins of one configuration, made but not started, in start order.
package struct PluginGraph: Sendable {
    package struct Member: Sendable {
        package let manifest: PluginManifest
        package let plugin: any Plugin
    }

    package let members: [Member]
    package let index: ContributionIndex

    package static let empty = PluginGraph(members: [], index: ContributionIndex(entries: []))

    /// Orders, makes and collects. Nothing is started, so a failure leaves nothing to stop. `core` are the server's own
    /// contributions, which no plugin may take.
    package static func make(
        _ decoded: [DecodedPlugin], core: ContributionIndex.Entry,
        services: (PluginManifest) -> PluginServices
    ) throws(PluginHostError) -> PluginGraph {
        let order = try PluginOrder.sorted(decoded.map(\.manifest))
        let byName = Dictionary(decoded.map { ($0.manifest.name, $0) }) { first, _ in first }
        var members: [Member] = []
        var problems: [PluginError] = []
        for plugin in order.compactMap({ byName[$0] }) {
            do throws(PluginError) {
                let made = try plugin.make(services(plugin.manifest))
                members.append(Member(manifest: plugin.manifest, plugin: made))
            } catch {
                problems.append(error.named(plugin.manifest.name))
            }
        }
        let entries = members.map { ContributionIndex.Entry($0.manifest, $0.plugin.contributions) }
        problems += ContributionClashes.find(in: entries, core: core)
        guard problems.isEmpty else { throw PluginHostError(problems: problems) }
        return PluginGraph(members: members, index: ContributionIndex(entries: entries))
    }
}
