import GantryHTTP
package import GantryPlugin

/// Finds what two plugins both contribute; each problem names both.
package enum ContributionClashes {
    package static func find(in entries: [ContributionIndex.Entry], core: ContributionIndex.Entry) -> [PluginError] {
        let all = [core] + entries
        return routeFaults(all) + doorFaults(all) + routeClashes(all) + doorNameClashes(all) + signatureClashes(all)
    }

    private static func routeFaults(_ entries: [ContributionIndex.Entry]) -> [PluginError] {
        entries.flatMap { entry in
            entry.contributions.routes.compactMap { route in
                do throws(RouteError) {
                    _ = try RoutePattern(route.pattern)
                    return nil
                } catch {
                    return PluginError(plugin: entry.plugin.name, .invalid, "\(error)")
                }
            }
        }
    }

    private static func doorFaults(_ entries: [ContributionIndex.Entry]) -> [PluginError] {
        entries.flatMap { entry in
            entry.contributions.doors.compactMap { door in
                door.fault.map {
                    PluginError(plugin: entry.plugin.name, .invalid, "the door \"\(door.name)\" cannot be used: \($0)")
                }
            }
        }
    }

    private static func routeClashes(_ entries: [ContributionIndex.Entry]) -> [PluginError] {
        repeated(entries) { $0.routes.compactMap(shape) }
            .map { PluginError(plugin: $0.second, .clash, "the route \($0.key) belongs to \"\($0.first)\" already") }
    }

    /// The method and the path without the names of its parameters: what two routes must not share.
    private static func shape(of route: Route) -> String? {
        guard let pattern = try? RoutePattern(route.pattern) else { return nil }  // A fault that was told already.
        let parts = pattern.segments.map { segment in
            switch segment {
            case .literal(let text): text
            case .text: "{}"
            case .int: "{:int}"
            case .rest: "{:path}"
            }
        }
        return "\(route.method.rawValue) /" + parts.joined(separator: "/")
    }

    private static func doorNameClashes(_ entries: [ContributionIndex.Entry]) -> [PluginError] {
        repeated(entries) { $0.doors.map(\.name) }
            .map { PluginError(plugin: $0.second, .clash, "the door \"\($0.key)\" belongs to \"\($0.first)\" already") }
    }

    /// A signature that begins another one would take its connections.
    private static func signatureClashes(_ entries: [ContributionIndex.Entry]) -> [PluginError] {
        let doors = entries.flatMap { entry in entry.contributions.doors.map { (entry.plugin.name, $0) } }
        return doors.enumerated().flatMap { index, later in
            doors[..<index].filter { earlier in
                earlier.1.signatures.contains { first in
                    later.1.signatures.contains { $0.starts(with: first) || first.starts(with: $0) }
                }
            }.map { earlier in
                PluginError(
                    plugin: later.0, .clash,
                    "the first bytes of the door \"\(later.1.name)\" are those of \"\(earlier.1.name)\" "
                        + "of \"\(earlier.0)\""
                )
            }
        }
    }

    private struct Repetition {
        let key: String
        let first: String
        let second: String
    }

    private static func repeated(
        _ entries: [ContributionIndex.Entry], _ keys: (Contributions) -> [String]
    ) -> [Repetition] {
        var owners: [String: String] = [:]
        var found: [Repetition] = []
        for entry in entries {
            for key in keys(entry.contributions) {
                if let first = owners[key] {
                    found.append(Repetition(key: key, first: first, second: entry.plugin.name))
                } else {
                    owners[key] = entry.plugin.name
                }
            }
        }
        return found
    }
}
