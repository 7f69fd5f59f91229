/// The decoded values of a route's `{…}` segments.
public struct RouteParameters: Sendable, Hashable {
    private struct Entry: Sendable, Hashable {
        let name: String
        let value: String
    }

    /// One array, because each request copies it several times.
    private var entries: [Entry] = []

    /// No parameters.
    public init() {}

    /// Makes parameters; for tests of handlers.
    public init(_ pairs: KeyValuePairs<String, String>) {
        entries = pairs.map { Entry(name: $0.key, value: $0.value) }
    }

    package init(names: [String], values: [String]) {
        entries = zip(names, values).map { Entry(name: $0, value: $1) }
    }

    /// The text of the segment `{name}`; nil when the route has no such segment.
    public subscript(name: String) -> String? {
        entries.first { $0.name == name }?.value
    }

    /// The text of the segment `{name}`; throws a 500 problem when the route has no such segment, which is a fault of
    /// the route.
    public func text(_ name: String) throws(Problem) -> String {
        guard let value = self[name] else { throw Problem.internalError("The route has no parameter \(name).") }
        return value
    }

    /// The number of the segment `{name:int}`; throws like `text`.
    public func int(_ name: String) throws(Problem) -> Int {
        guard let value = Int(try text(name)) else {
            throw Problem.internalError("The route's parameter \(name) is not declared as a number.")
        }
        return value
    }
}
