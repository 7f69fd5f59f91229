package import GantryJSON

/// A configuration file that was read and is JSON; ``decode(_:)`` gives it its meaning.
package struct ConfigFile: Sendable {
    /// How files are read: the whole file, or an error whose description says why not.
    package typealias ReadFile = @Sendable (String) throws -> [UInt8]

    /// Longer files are refused.
    package static let bytesMax = 4 * 1024 * 1024
    /// More nesting is refused.
    package static let depthMax = 64

    /// As the user named it; messages begin with it.
    package let path: String
    package let root: JSONNode
    let environment: [String: String]
    let readFile: ReadFile

    private init(path: String, root: JSONNode, environment: [String: String], readFile: @escaping ReadFile) {
        self.path = path
        self.root = root
        self.environment = environment
        self.readFile = readFile
    }

    package static func load(
        _ path: String, environment: [String: String], readFile: @escaping ReadFile
    ) throws(ConfigError) -> ConfigFile {
        let bytes: [UInt8]
        do {
            bytes = try readFile(path)
        } catch {
            throw ConfigError([ConfigProblem(file: path, position: nil, pointer: "", message: "\(error)")])
        }
        let limits = JSONLimits(depthMax: depthMax, bytesMax: bytesMax)
        do throws(JSONError) {
            let root = try JSONNode.parse(bytes, limits: limits)
            return ConfigFile(path: path, root: root, environment: environment, readFile: readFile)
        } catch {
            let problem = ConfigProblem(file: path, position: error.position, pointer: "", message: error.message)
            throw ConfigError([problem])
        }
    }

    /// A file that stands for no file: every key has its default.
    package static func empty(environment: [String: String], readFile: @escaping ReadFile) -> ConfigFile {
        let position = JSONPosition(offset: 0, line: 1, column: 1)
        return ConfigFile(
            path: "", root: JSONNode([:], position: position), environment: environment, readFile: readFile)
    }

    /// The folder that relative paths of the file start from; empty for the current one.
    package var directory: String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Lets the closure ask for all keys of the document, and fails with every problem there is.
    ///
    /// `$schema` is known everywhere, for editors.
    package func decode<Value>(
        _ body: (inout ConfigSection) -> Value
    ) throws(ConfigError) -> ConfigDecoding<Value> {
        let context = ConfigContext(file: self, recordsSchema: false)
        let input = ConfigInput(node: root, pointer: .root, context: context)
        guard let object = root.object else {
            input.refuse(expected: "an object")
            throw ConfigError(context.problems)
        }
        var section = ConfigSection(input, object)
        let value = body(&section)
        section.reportUnknownKeys(except: "$schema")
        guard context.problems.isEmpty else { throw ConfigError(context.problems) }
        return ConfigDecoding(value: value, effective: section.shown, secrets: context.secrets)
    }
}

/// What a configuration file means.
package struct ConfigDecoding<Value> {
    package let value: Value
    /// Every key with the value in force, defaults filled in, secrets as `<redacted>`.
    package let effective: JSONObject
    /// All secrets that were read, so that the log can mask them.
    package let secrets: [Secret]
}

extension ConfigDecoding: Sendable where Value: Sendable {}
