import Foundation

/// The project's folder and its built command.
enum Project {
    static let root: String = {
        let here = URL(fileURLWithPath: #filePath)
        return here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    }()

    /// The command that was built together with these tests: it stands beside the program that runs them.
    static let command: String = {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: own ?? "").deletingLastPathComponent().path + "/gantry"
    }()

    /// Every line of the sources below a folder, with the file that it stands in.
    static func lines(in folder: String) throws -> [(file: String, line: Substring)] {
        guard let files = FileManager.default.enumerator(atPath: root + "/" + folder) else { return [] }
        return try files.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.flatMap { file in
            try String(contentsOfFile: "\(root)/\(folder)/\(file)", encoding: .utf8)
                .split(separator: "\n").map { (file, $0) }
        }
    }

    /// The names in a folder of the project, sorted.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root + "/" + folder).sorted()
    }
}

/// A folder that is removed with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/gantry-docs-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
