import GantryBytes
public import GantryJSON

/// The members of a JSON object that a client has sent, asked for one by one.
///
/// Each fault is a 400 problem that names the member; `refuseOthers` finds the members that nobody asked for.
public struct JSONFields: Sendable {
    /// The longest body that `init` reads unless told otherwise.
    public static let bytesMaxDefault = 64 * 1024

    private let object: JSONObject
    private var asked: Set<String> = []

    /// Fields of an object that is already there.
    public init(_ object: JSONObject) { self.object = object }

    /// Reads the body of a request. No body at all is an object without members.
    public init(_ request: HTTPRequest, bytesMax: Int = JSONFields.bytesMaxDefault) async throws {
        let bytes = try await request.body.collect(upTo: bytesMax)
        guard !bytes.isEmpty else {
            object = [:]
            return
        }
        // A page of another origin can send other types without being asked for permission.
        guard request.headers["Content-Type"].flatMap(MediaType.init)?.name == "application/json" else {
            throw Problem(
                "json-expected", .unsupportedMediaType, "JSON expected",
                detail: "Send the body as application/json.")
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(bytes.span)
        } catch {
            throw Problem.badRequest("bad-json", "The body is not JSON: \(error)")
        }
        guard let object = value.object else {
            throw Problem.badRequest("json-object-expected", "The body must be a JSON object.")
        }
        self.object = object
    }

    /// Whether the member is there.
    public func has(_ key: String) -> Bool { object[key].map { !$0.isNull } ?? false }

    /// A text that must be there.
    public mutating func text(_ key: String) throws(Problem) -> String {
        guard let text = try optionalText(key) else { throw Self.fault(key, "is missing: send a text") }
        return text
    }

    /// A text that may be left out.
    public mutating func optionalText(_ key: String) throws(Problem) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else { throw Self.fault(key, "must be a text") }
        return text
    }

    /// `true` or `false`, or nothing.
    public mutating func optionalBool(_ key: String) throws(Problem) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool else { throw Self.fault(key, "must be true or false") }
        return flag
    }

    /// An integer within a range, or nothing.
    public mutating func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let value = value(key) else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw Self.fault(key, "must be an integer \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    /// A list of texts; empty when it is left out.
    public mutating func texts(_ key: String, countMax: Int) throws(Problem) -> [String] {
        guard let value = value(key) else { return [] }
        guard let list = value.array, list.count <= countMax else {
            throw Self.fault(key, "must be a list of at most \(countMax) texts")
        }
        var texts: [String] = []
        for element in list {
            guard let text = element.string else { throw Self.fault(key, "must be a list of texts") }
            texts.append(text)
        }
        return texts
    }

    /// Bytes as base 64 of either alphabet, that must be there.
    public mutating func base64(_ key: String, countMax: Int) throws(Problem) -> [UInt8] {
        let text = try text(key)
        let isURL = text.utf8.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        let bare = String(text.prefix { $0 != "=" })
        guard text.utf8.count <= countMax * 4 / 3 + 4,
            let bytes = Base64.decode(bare, alphabet: isURL ? .url : .standard, padding: .lenient),
            bytes.count <= countMax
        else { throw Self.fault(key, "must be at most \(countMax) bytes as base 64") }
        return bytes
    }

    /// Refuses members that nobody has asked for; a spelling that is nearly right is told.
    public func refuseOthers() throws(Problem) {
        guard let stranger = object.keys.first(where: { !asked.contains($0) }) else { return }
        let nearest = EditDistance.nearest(to: stranger, in: asked.sorted())
        throw Self.fault(
            stranger, "is not known here" + (nearest.map { ": did you mean \($0)?" } ?? ""))
    }

    /// A 400 problem about one member.
    public static func fault(_ key: String, _ what: String) -> Problem {
        let shown = ControlCharacters.escaped(String(key.prefix(60)))
        return Problem(
            "invalid-value", .badRequest, "Bad request", detail: "\(shown) \(what)",
            extensions: ["member": .string(shown)])
    }

    private mutating func value(_ key: String) -> JSONValue? {
        asked.insert(key)
        return object[key].flatMap { $0.isNull ? nil : $0 }
    }
}
