import Foundation
import Glibc
import Testing

@testable import GantryServer

@Suite struct DataFolderTests {
    let place = ConfigurationText()
    var path: String { place.path("a folder/data") }

    private func failure(_ path: String) throws -> StartError {
        try #require(throws: StartError.self) { try DataFolder.open(path) }
    }

    @Test func `a new folder is made, private, with pid and format`() throws {
        let folder = try DataFolder.open(path)
        #expect(try String(contentsOfFile: path + "/gantry.pid", encoding: .utf8) == "\(getpid())\n")
        #expect(try String(contentsOfFile: path + "/format", encoding: .utf8) == "1\n")
        var status = stat()
        #expect(unsafe stat(folder.path, &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(try folder.subfolder("plugin") == path + "/plugin")
    }

    @Test func `a folder that is in use names the process, and is free after it`() throws {
        do {
            let first = try DataFolder.open(path)
            let error = try failure(path)
            #expect(error.code == .busy)
            #expect(
                error.message
                    == "the data folder \(path) is in use by process \(getpid()): "
                    + "stop it, or give another --data-directory"
            )
            withExtendedLifetime(first) {}
        }
        _ = try DataFolder.open(path)
    }

    @Test(arguments: [
        ("2\n", StartError.Code.newerData), ("99999999999999999999\n", .folder), ("one\n", .folder), ("0\n", .folder),
        ("-1\n", .folder),
    ])
    func `another format is refused`(format: String, code: StartError.Code) throws {
        _ = try DataFolder.open(path)
        try Data(format.utf8).write(to: URL(fileURLWithPath: path + "/format"))
        let error = try failure(path)
        #expect(error.code == code)
        if code == .newerData {
            #expect(error.message.hasSuffix("it was written by a newer gantry, use that one"))
        } else {
            #expect(
                error.message == "\(path)/format holds no format number: is \(path) a data folder of gantry?")
        }
    }

    @Test func `an empty format file, as a crash leaves it, is written again`() throws {
        _ = try DataFolder.open(path)
        try Data().write(to: URL(fileURLWithPath: path + "/format"))
        _ = try DataFolder.open(path)
        #expect(try String(contentsOfFile: path + "/format", encoding: .utf8) == "1\n")
    }

    @Test func `a file is no folder`() throws {
        let file = place.path("file")
        try Data("x".utf8).write(to: URL(fileURLWithPath: file))
        #expect(
            try failure(file).message
                == "\(file) is not a folder; give another one with --data-directory or data_directory")
        #expect(try failure(file + "/data").message.hasPrefix("cannot make the folder \(file)/data: Not a directory;"))
    }

    @Test func `a folder that cannot be made says why`() throws {
        let error = try failure("/proc/gantry/data")
        #expect(error.code == .folder)
        #expect(
            error.message == "cannot make the folder /proc/gantry/data: No such file or directory; "
                + "give another one with --data-directory or data_directory")
    }
}
