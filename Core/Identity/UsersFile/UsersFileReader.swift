import GantryBytes
import GantryJSON

/// Reads the users file of an older server: an array of objects with a name, a hash and the names of procedures.
/// Pure; no error, warning or description that comes out of it holds a hash.
package struct UsersFileReader {
    private static let keys = ["username", "password_hash", "allowed_procedures"]

    private var content = UsersFileContent()
    private var foldedNames: [String: JSONPosition] = [:]
    private var skeletons: [String: (name: String, position: JSONPosition)] = [:]

    /// Reads the text; what is wrong with it stands in the result.
    package static func read(_ bytes: [UInt8]) -> UsersFileContent {
        var reader = UsersFileReader()
        reader.read(bytes)
        return reader.content
    }

    private mutating func read(_ bytes: [UInt8]) {
        let limits = JSONLimits(
            depthMax: 8, bytesMax: UsersFileLimits.fileBytesMax, valuesMax: UsersFileLimits.valuesMax)
        let root: JSONNode
        do throws(JSONError) {
            root = try JSONNode.parse(bytes, limits: limits)
        } catch {
            return content.problems.add(error.position, error.message)
        }
        guard let users = root.array else {
            return content.problems.add(root.position, "must be an array of users, not \(Self.kind(of: root))")
        }
        guard users.count <= UsersFileLimits.usersMax else {
            return content.problems.add(
                users[UsersFileLimits.usersMax].position,
                "more than \(UsersFileLimits.usersMax) users")
        }
        for user in users { add(user) }
    }

    /// An entry counts when all of it is right; each thing that is not is told.
    private mutating func add(_ user: JSONNode) {
        guard let object = user.object else {
            return content.problems.add(user.position, "must be an object with \(Self.keys.joined(separator: ", "))")
        }
        for member in object.members where !Self.keys.contains(member.key) {
            let nearest = EditDistance.nearest(to: member.key, in: Self.keys).map { ": did you mean \($0)?" } ?? ""
            content.warnings.add(member.keyPosition, "\(ShownText.quoted(member.key)) means nothing here\(nearest)")
        }
        let nameNode = member("username", of: user, object)
        var (text, hash, procedures): (String?, String?, [Grant]?)
        if let nameNode { text = string(nameNode, "username") }
        if let node = member("password_hash", of: user, object) { hash = passwordHash(node) }
        if let node = member("allowed_procedures", of: user, object) { procedures = self.procedures(node) }
        guard let nameNode, let text, let hash, let procedures, let name = name(text, at: nameNode.position) else {
            return
        }
        content.entries.append(
            UsersFileEntry(name: name, passwordHash: hash, procedures: procedures, position: user.position))
    }

    private mutating func member(_ key: String, of user: JSONNode, _ object: JSONNodeObject) -> JSONNode? {
        if let member = object[key] { return member.node }
        content.problems.add(user.position, "\(key) is missing")
        return nil
    }

    private mutating func string(_ node: JSONNode, _ what: String) -> String? {
        if let text = node.scalar?.string { return text }
        content.problems.add(node.position, "\(what) must be a string, not \(Self.kind(of: node))")
        return nil
    }

    private mutating func passwordHash(_ node: JSONNode) -> String? {
        guard let text = string(node, "password_hash") else { return nil }
        if text.utf8.count == 128, let hash = Hex.decode(text) { return Hex.encode(hash) }
        content.problems.add(
            node.position, "password_hash must be the SHA-512 of the password, 128 hexadecimal digits")
        return nil
    }

    /// A name that no grant can hold gives nobody anything; it must not become a pattern either.
    private mutating func procedures(_ node: JSONNode) -> [Grant]? {
        guard let elements = node.array else {
            content.problems.add(
                node.position, "allowed_procedures must be an array of names, not \(Self.kind(of: node))")
            return nil
        }
        var grants: [Grant] = []
        var known: Set<Grant> = []
        var isGood = true
        for element in elements {
            guard let text = string(element, "the name of a procedure") else {
                isGood = false
                continue
            }
            guard let grant = Self.grant(for: text) else {
                content.warnings.add(
                    element.position, "\(ShownText.quoted(text)) cannot be the name of a procedure, it is left out")
                continue
            }
            if known.insert(grant).inserted { grants.append(grant) }
        }
        return isGood ? grants : nil
    }

    private static func grant(for procedure: String) -> Grant? {
        // What is no grant is left out, whatever the reason.
        guard !procedure.contains("*"), let grant = try? Grant("procedure:" + procedure) else { return nil }
        return grant.name == procedure && grant.action == nil ? grant : nil
    }

    /// The name, when it is one and is the first of its kind.
    private mutating func name(_ text: String, at position: JSONPosition) -> UserName? {
        let name: UserName
        do throws(IdentityError) {
            name = try UserName(text)
        } catch {
            content.warnings.add(position, "this user is left out: \(error.message)")
            return nil
        }
        if let first = foldedNames[name.folded] {
            content.warnings.add(
                position, "\(ShownText.quoted(text)) stands in line \(first.line) already, and only that one counts")
            return nil
        }
        if let first = skeletons[name.skeleton] {
            content.warnings.add(
                position,
                "this user is left out: \(ShownText.quoted(text)) looks like \(ShownText.quoted(first.name)) in line "
                    + "\(first.position.line)")
            return nil
        }
        foldedNames[name.folded] = position
        skeletons[name.skeleton] = (text, position)
        return name
    }

    private static func kind(of node: JSONNode) -> String {
        switch node.content {
        case .array: "an array"
        case .object: "an object"
        case .scalar(let value): value.isNull ? "null" : "a value of the kind \(value.kind)"
        }
    }
}
