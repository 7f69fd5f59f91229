/// Finds the route of a request: a tree over path segments, built once from all routes.
///
/// A literal wins over a number, a number over a text, a text over a rest; when the better branch ends nowhere, the
/// next is tried. A trailing slash counts. Each node is visited at most once per request, so the table bounds the work.
package final class Router: Sendable {
    /// What a request matched.
    package enum Match: Sendable {
        case route(MatchedRoute, RouteParameters)
        /// The path exists, with these methods, but not with this one.
        case wrongMethod(allowed: [HTTPMethod])
        case nothing
        /// The path is malformed. Indirect, so that a match is as small as a route.
        indirect case problem(Problem)
    }

    private struct Node {
        var literals: [(text: [UInt8], node: Int)] = []
        var int: Int?
        var text: Int?
        var rest: Int?
        var routes: [MatchedRoute] = []
    }

    private let nodes: [Node]
    /// All routes in the order in which they were given.
    package let routes: [MatchedRoute]
    /// All methods that occur, for `OPTIONS *`.
    package let methods: [HTTPMethod]

    /// A table without routes: everything is 404.
    package static let empty = Router()

    private init() {
        nodes = [Node()]
        routes = []
        methods = []
    }

    /// Builds the tree; throws when a pattern is wrong or two routes answer to the same.
    package init(_ routes: [Route]) throws(RouteError) {
        var nodes = [Node()]
        var matched: [MatchedRoute] = []
        for route in routes {
            let pattern = try RoutePattern(route.pattern)
            let entry = MatchedRoute(route, pattern)
            let place = Self.place(pattern, in: &nodes)
            if let other = nodes[place].routes.first(where: { $0.route.method == route.method }) {
                throw RouteError(
                    "\(route.method) \(route.pattern) and \(other.route.pattern) answer to the same requests.")
            }
            nodes[place].routes.append(entry)
            matched.append(entry)
        }
        self.nodes = nodes
        self.routes = matched
        methods = Self.allowed(matched)
    }

    private static func place(_ pattern: RoutePattern, in nodes: inout [Node]) -> Int {
        var current = 0
        for segment in pattern.segments {
            let known: Int? =
                switch segment {
                case .literal(let text): nodes[current].literals.first { $0.text == Array(text.utf8) }?.node
                case .int: nodes[current].int
                case .text: nodes[current].text
                case .rest: nodes[current].rest
                }
            if let known {
                current = known
                continue
            }
            nodes.append(Node())
            let added = nodes.count - 1
            switch segment {
            case .literal(let text): nodes[current].literals.append((Array(text.utf8), added))
            case .int: nodes[current].int = added
            case .text: nodes[current].text = added
            case .rest: nodes[current].rest = added
            }
            current = added
        }
        return current
    }

    /// The methods of these routes with what comes along: HEAD with GET, OPTIONS always.
    private static func allowed(_ routes: [MatchedRoute]) -> [HTTPMethod] {
        var methods = Set(routes.map(\.route.method))
        if methods.contains(.get) { methods.insert(.head) }
        methods.insert(.options)
        return methods.sorted { $0.rawValue < $1.rawValue }
    }

    /// Finds the route for a head.
    package func match(_ head: HTTPRequestHead) -> Match {
        let bytes = head.headers.bytes
        return match(head.method, bytes.span.extracting(head.pathRange))
    }

    /// Finds the route for a method and a raw path.
    package func match(_ method: HTTPMethod, _ path: Span<UInt8>) -> Match {
        let segments: RoutePath
        do {
            segments = try RoutePath(path)
        } catch {
            return .problem(error)
        }
        guard !segments.isTooDeep else { return .nothing }
        var walk = Walk(method: method, path: segments)
        search(0, 0, path, &walk)
        if let found = walk.found { return found }
        return walk.allowedNodes.isEmpty
            ? .nothing : .wrongMethod(allowed: Self.allowed(walk.allowedNodes.flatMap { nodes[$0].routes }))
    }

    private struct Walk {
        let method: HTTPMethod
        let path: RoutePath
        var values: [String] = []
        var allowedNodes: [Int] = []
        var found: Match?
    }

    /// Depth first over the branches that fit segment `depth`; ends as soon as a route with the method is found.
    private func search(_ node: Int, _ depth: Int, _ bytes: Span<UInt8>, _ walk: inout Walk) {
        guard depth < walk.path.count else { return accept(node, &walk) }
        for literal in nodes[node].literals where walk.path.segment(depth, equals: literal.text, bytes) {
            search(literal.node, depth + 1, bytes, &walk)
            break
        }
        if walk.found == nil, let next = nodes[node].int, let number = walk.path.number(depth, bytes) {
            descend(next, depth + 1, number, bytes, &walk)
        }
        if walk.found == nil, let next = nodes[node].text, let text = walk.path.text(depth, bytes), !text.isEmpty {
            descend(next, depth + 1, text, bytes, &walk)
        }
        if walk.found == nil, let next = nodes[node].rest, let text = walk.path.rest(depth, bytes), !text.isEmpty {
            descend(next, walk.path.count, text, bytes, &walk)
        }
    }

    private func descend(_ node: Int, _ depth: Int, _ value: String, _ bytes: Span<UInt8>, _ walk: inout Walk) {
        walk.values.append(value)
        search(node, depth, bytes, &walk)
        walk.values.removeLast()
    }

    private func accept(_ node: Int, _ walk: inout Walk) {
        let routes = nodes[node].routes
        guard !routes.isEmpty else { return }
        let method = walk.method
        let route =
            routes.first { $0.route.method == method }
            ?? (method == .head ? routes.first { $0.route.method == .get } : nil)
        guard let route else {
            walk.allowedNodes.append(node)
            return
        }
        let parameters =
            walk.values.isEmpty
            ? RouteParameters() : RouteParameters(names: route.parameterNames, values: walk.values)
        walk.found = .route(route, parameters)
    }
}

/// A route with its parsed pattern; shared by reference because each request carries one.
package final class MatchedRoute: Sendable {
    package let route: Route
    package let pattern: RoutePattern
    let parameterNames: [String]

    init(_ route: Route, _ pattern: RoutePattern) {
        self.route = route
        self.pattern = pattern
        parameterNames = pattern.parameterNames
    }
}
