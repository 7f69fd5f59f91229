import GantryHTTP
import Testing

@Suite struct RouterTests {
    private func router(_ patterns: [(HTTPMethod, String)]) throws -> Router {
        try Router(
            patterns.map { method, pattern in Route(method, pattern, access: .anonymous) { _ in .text(pattern) } })
    }

    private func find(_ router: Router, _ method: HTTPMethod, _ path: String) -> String {
        switch router.match(method, path.utf8.span) {
        case .route(let matched, let parameters):
            let values = matched.pattern.parameterNames.map { "\($0)=\(parameters[$0] ?? "-")" }.joined(separator: ",")
            return matched.route.pattern + (values.isEmpty ? "" : " " + values)
        case .wrongMethod(let allowed): return "405 " + allowed.map(\.rawValue).joined(separator: ",")
        case .nothing: return "404"
        case .problem(let problem): return "\(problem.status.code)"
        }
    }

    @Test func findsRoutes() throws {
        let router = try router([
            (.get, "/"), (.get, "/api/jobs"), (.post, "/api/jobs"), (.get, "/api/jobs/{id}"),
            (.get, "/api/jobs/{n:int}"),
            (.get, "/api/jobs/new"), (.get, "/api/jobs/{id}/log"), (.delete, "/api/jobs/{name}"), (.get, "/d/"),
            (.get, "/files/{rest:path}"), (.get, "/files/{name}"), (.get, "/{user}/{assembly}/{function}"),
        ])
        let cases: [(HTTPMethod, String, String)] = [
            (.get, "/", "/"), (.get, "/api/jobs", "/api/jobs"), (.post, "/api/jobs", "/api/jobs"),
            (.head, "/api/jobs", "/api/jobs"), (.put, "/api/jobs", "405 GET,HEAD,OPTIONS,POST"),
            (.get, "/api/jobs/", "404"), (.get, "/api/jobs/new", "/api/jobs/new"),
            (.get, "/api/jobs/12", "/api/jobs/{n:int} n=12"), (.get, "/api/jobs/1x", "/api/jobs/{id} id=1x"),
            (.get, "/api/jobs/99999999999999999999", "/api/jobs/{id} id=99999999999999999999"),
            (.get, "/api/jobs/12/log", "/api/jobs/{id}/log id=12"),
            (.delete, "/api/jobs/12", "/api/jobs/{name} name=12"),
            (.delete, "/api/jobs/new", "/api/jobs/{name} name=new"), (.get, "/d/", "/d/"), (.get, "/d", "404"),
            (.get, "/files/a", "/files/{name} name=a"), (.get, "/files/a/b", "/files/{rest:path} rest=a/b"),
            (.get, "/files/", "404"), (.get, "/u/a/f", "/{user}/{assembly}/{function} user=u,assembly=a,function=f"),
            (.get, "/u%2Fv/a/f%20g", "/{user}/{assembly}/{function} user=u/v,assembly=a,function=f g"),
            (.get, "/api%2Fjobs", "404"), (.get, "/%61pi/jobs", "/api/jobs"),
            (.get, "/files/a%2F..%2Fb", "/files/{name} name=a/../b"),
            (.get, "/files/x/y/a%2Fb", "404"), (.get, "/files/../x", "400"), (.get, "/files/%2e%2E/x", "400"),
            (.get, "/./x", "400"), (.get, "/%zz", "400"), (.get, "/%ff", "400"), (.get, "/a%00", "400"),
            (.get, "/%", "400"),
            (.get, "//", "404"), (.patch, "/api/jobs/7", "405 DELETE,GET,HEAD,OPTIONS"),
            (.get, "/" + Array(repeating: "a", count: 65).joined(separator: "/"), "404"),
        ]
        for (method, path, expected) in cases { #expect(find(router, method, path) == expected, "\(method) \(path)") }
    }

    @Test(arguments: [
        ["/a", "/a"], ["/a/{x}", "/a/{y}"], ["/a/{x:int}", "/a/{y:int}"], ["/{a:path}", "/{b:path}"],
    ])
    func findsClashes(_ patterns: [String]) {
        #expect(throws: RouteError.self) { try router(patterns.map { (.get, $0) }) }
        #expect(throws: Never.self) { try router([(.get, patterns[0]), (.post, patterns[1])]) }
    }

    @Test(arguments: [
        "a", "", "/{x", "/x}", "/a{x}", "/{x}b", "/{}", "/{x:float}", "/{x:path}/a", "/{x}/{x}", "/{x:int:int}",
        "/{a b}",
        "/" + Array(repeating: "a", count: 65).joined(separator: "/"),
    ])
    func refusesPatterns(_ pattern: String) {
        #expect(throws: RouteError.self) { try router([(.get, pattern)]) }
    }

    @Test func aClashNamesBothRoutes() {
        let error = #expect(throws: RouteError.self) { try router([(.get, "/a/{x}"), (.get, "/a/{y}")]) }
        #expect(error?.description == "GET /a/{y} and /a/{x} answer to the same requests.")
    }

    @Test func parametersHaveTypes() throws {
        let parameters = RouteParameters(["id": "x", "n": "12"])
        #expect(try parameters.text("id") == "x")
        #expect(try parameters.int("n") == 12)
        #expect(throws: Problem.self) { try parameters.int("id") }
        #expect(throws: Problem.self) { try parameters.text("other") }
    }
}
