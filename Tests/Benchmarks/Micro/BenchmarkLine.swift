import GantryJSON

/// One round of one subject, as the harness reads it.
struct BenchmarkLine {
    var name: String
    var unit: String
    var ours: Double
    var peer: Double?
    var peerName: String?
    var isHigherBetter = true

    var text: String {
        var object: JSONObject = [
            "name": .string(name), "unit": .string(unit), "ours": .number(ours),
            "higher_is_better": .bool(isHigherBetter),
        ]
        if let peer { object["peer"] = .number(peer) }
        if let peerName { object["peer_name"] = .string(peerName) }
        return JSONValue.object(object).text()
    }
}
