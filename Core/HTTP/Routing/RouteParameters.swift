/// The decoded values of a route's `{…}` segments.
public struct RouteParameters: Sendable, Hashable {
    private var values: [String] = []
    private var names: [String] = []

    /// No parameters.
    public init() {}

    /// Makes parameters; for tests of handlers.
    public init(_ pairs: KeyValuePairs<String, String>) {
        for (name, value) in pairs {
            names.append(name)
            values.append(value)
        }
    }

    package init(names: [String], values: [String]) {
        self.names = names
        self.values = values
    }

    /// The text of the segment `{name}`; nil when the route has no such segment.
    public subscript(name: String) -> String? {
        names.firstIndex(of: name).map { values[$0] }
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
