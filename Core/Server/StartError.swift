import GantryConfig
import GantryPlugin
import GantryPluginHost

/// Why the server does not start, or does not take over a new configuration: one line that names the next step, and a
/// line for each thing that is wrong when there are several.
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
        package static let identity = Code(rawValue: "identity")
        package static let plugin = Code(rawValue: "plugin")
    }

    /// More problems than these are counted only: the log gets them in one line.
    package static let detailsMax = 100

    package let code: Code
    package let message: String
    /// What belongs to the message, one line each.
    package let details: [String]

    package init(_ code: Code, _ message: String, details: [String] = []) {
        self.code = code
        self.message = message
        self.details = details
    }

    /// Whatever ended the start, in the words of whoever knows.
    package init(wrapping error: any Error) {
        switch error {
        case let error as StartError: self = error
        case let error as ConfigError:
            self.init(.configuration, problems: error.problems.map(\.description), "the configuration has")
        case let error as PluginHostError:
            self.init(.plugin, problems: error.problems.map(\.description), "the plugins have")
        default: self.init(.configuration, "\(error)")
        }
    }

    /// One problem is the message itself; several are told below a line that counts them.
    private init(_ code: Code, problems: [String], _ subject: String) {
        if problems.count == 1 {
            self.init(code, problems[0])
        } else {
            let rest = problems.count - Self.detailsMax
            let told = problems.prefix(Self.detailsMax) + (rest > 0 ? ["… and \(rest) more"] : [])
            self.init(code, "\(subject) \(problems.count) problems", details: Array(told))
        }
    }

    package var description: String {
        details.isEmpty ? message : "\(message): " + details.joined(separator: "; ")
    }
}
