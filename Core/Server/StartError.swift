import GantryConfig
import GantryPluginHost

/// Why the server does not start, in one line that names the next step.
package struct StartError: Error, Sendable, CustomStringConvertible {
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let configuration = Code(rawValue: "configuration")
        package static let folder = Code(rawValue: "folder")
        package static let busy = Code(rawValue: "busy")
        package static let newerData = Code(rawValue: "newer-data")
        package static let certificate = Code(rawValue: "certificate")
        package static let listen = Code(rawValue: "listen")
        package static let storage = Code(rawValue: "storage")
        package static let plugin = Code(rawValue: "plugin")
    }

    package let code: Code
    package let description: String

    /// Whatever ended the start, in the words of whoever knows.
    package init(wrapping error: any Error) {
        switch error {
        case let error as StartError: self = error
        case let error as ConfigError: self.init(.configuration, error.description)
        case let error as PluginHostError: self.init(.plugin, error.description)
        default: self.init(.configuration, "\(error)")
        }
    }

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
