package import GantryJSON

/// The OpenAPI 3.1 description of a route table: made from the routes themselves, so that it cannot disagree with them.
package enum OpenAPIDocument {
    /// Makes the document; hidden routes and CONNECT, which OpenAPI cannot say, are left out.
    package static func make(title: String, version: String, routes: [MatchedRoute]) -> JSONValue {
        var paths = JSONObject()
        for entry in routes where !entry.route.options.isHidden && entry.route.method != .connect {
            let path = entry.pattern.openAPIPath
            var item = paths[path]?.object ?? JSONObject()
            item[entry.route.method.rawValue.lowercased()] = operation(entry)
            paths[path] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(title), "version": .string(version)],
            "paths": .object(paths),
            "components": [
                "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer"]],
                "schemas": ["Problem": problemSchema],
            ],
        ]
    }

    private static func operation(_ entry: MatchedRoute) -> JSONValue {
        let documentation = entry.route.documentation
        var operation = JSONObject()
        if !documentation.name.isEmpty { operation["operationId"] = .string(documentation.name) }
        if !documentation.summary.isEmpty { operation["summary"] = .string(documentation.summary) }
        if !documentation.tags.isEmpty { operation["tags"] = .array(documentation.tags.map { .string($0) }) }
        let parameters = pathParameters(entry.pattern) + documentation.queryParameters.map(queryParameter)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let schema = documentation.requestSchema {
            operation["requestBody"] = ["required": true, "content": ["application/json": ["schema": schema]]]
        }
        operation["responses"] = responses(documentation.responseSchemas)
        switch entry.route.access {
        case .anonymous: operation["security"] = []
        case .authenticated: operation["security"] = [["bearer": []]]
        case .grant(let name):
            operation["security"] = [["bearer": []]]
            operation["x-grant"] = .string(name)
        }
        return .object(operation)
    }

    private static func pathParameters(_ pattern: RoutePattern) -> [JSONValue] {
        pattern.segments.compactMap { segment in
            guard let name = segment.parameterName else { return nil }
            var schema: JSONObject = ["type": "string"]
            if case .int = segment { schema = ["type": "integer", "minimum": 0] }
            return ["name": .string(name), "in": "path", "required": true, "schema": .object(schema)]
        }
    }

    private static func queryParameter(_ parameter: (name: String, schema: JSONValue)) -> JSONValue {
        ["name": .string(parameter.name), "in": "query", "required": false, "schema": parameter.schema]
    }

    private static func responses(_ schemas: [Int: JSONValue?]) -> JSONValue {
        var responses = JSONObject()
        for (status, schema) in schemas.sorted(by: { $0.key < $1.key }) {
            var response: JSONObject = ["description": .string(HTTPStatus(status).reason)]
            if let schema { response["content"] = ["application/json": ["schema": schema]] }
            responses[String(status)] = .object(response)
        }
        responses["default"] = [
            "description": "An error",
            "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
        ]
        return .object(responses)
    }

    private static let problemSchema: JSONValue = [
        "type": "object", "required": ["type", "title", "status"],
        "properties": [
            "type": ["type": "string", "format": "uri"], "title": ["type": "string"],
            "status": ["type": "integer"], "detail": ["type": "string"], "request": ["type": "string"],
        ],
    ]
}
