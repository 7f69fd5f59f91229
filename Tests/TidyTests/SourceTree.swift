import Foundation

/// One text file of the project, split into lines.
struct SourceFile: Sendable, CustomStringConvertible {
    /// The path from the project's root, with slashes.
    let path: String
    let lines: [String]

    var name: String { String(path.split(separator: "/").last ?? "") }
    var isSwift: Bool { path.hasSuffix(".swift") }
    /// `Core/HTTP` for `Core/HTTP/Router.swift`, and the plugin's folder for plugins.
    var module: String { path.split(separator: "/").prefix(2).joined(separator: "/") }
    var isProduct: Bool { path.hasPrefix("Core/") || path.hasPrefix("Plugins/") }
    var description: String { path }
}

/// What git would commit: tracked files and new ones that are not ignored.
enum SourceTree {
    static let root: String = {
        let here = URL(fileURLWithPath: #filePath)
        return here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    }()

    static let paths: [String] = listed()

    static let files: [SourceFile] = paths.compactMap { path in
        guard let data = FileManager.default.contents(atPath: root + "/" + path),
            !data.contains(0), let text = String(data: data, encoding: .utf8)
        else { return nil }
        return SourceFile(path: path, lines: text.components(separatedBy: "\n"))
    }

    static let swift = files.filter(\.isSwift)
    static let product = swift.filter(\.isProduct)

    /// A file's text, empty when there is no such file.
    static func text(of path: String) -> String {
        files.first { $0.path == path }?.lines.joined(separator: "\n") ?? ""
    }

    private static func listed() -> [String] {
        let git = Process()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        git.arguments = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        let output = Pipe()
        git.standardOutput = output
        do { try git.run() } catch { return [] }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        git.waitUntilExit()
        let all = String(decoding: data, as: UTF8.self).split(separator: "\0").map(String.init)
        return all.filter { FileManager.default.fileExists(atPath: root + "/" + $0) }.sorted()
    }
}

/// A place that breaks a rule; a rule's test expects none and prints all.
struct Finding: CustomStringConvertible, Equatable {
    let path: String
    let line: Int
    let what: String

    var description: String { "\(path):\(line): \(what)" }
}
