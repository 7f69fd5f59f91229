import Foundation
import Testing

@testable import GantryServer

@Suite struct SystemTextTests {
    let place = ConfigurationText()

    @Test func `a file is replaced as a whole`() throws {
        #expect(SystemText.replaceFile(place.path("ready"), with: "one\n") == nil)
        #expect(SystemText.replaceFile(place.path("ready"), with: "2\n") == nil)
        #expect(try String(contentsOfFile: place.path("ready"), encoding: .utf8) == "2\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder) == ["ready"])
    }

    @Test func `what cannot be replaced leaves nothing behind`() throws {
        let folder = place.path("taken")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        #expect(SystemText.replaceFile(folder, with: "x")?.description == "Is a directory")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder) == ["taken"])
    }
}
