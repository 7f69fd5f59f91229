import Glibc
import Testing

@testable import GantryServer

@Suite struct FolderWatchTests {
    let place = ConfigurationText()

    @Test func `a folder with room is fine`() {
        #expect(FolderWatch.fault(of: place.folder, 1) == nil)
    }

    @Test func `too little room is told with the limit`() {
        let limit = UInt64(1) << 60
        #expect(
            FolderWatch.fault(of: place.folder, limit)
                == "the disk of the data folder \(place.folder) is full: less than \(limit >> 20) MiB are free")
    }

    @Test func `another folder in the place of the locked one is told`() throws {
        let path = place.path("data")
        let folder = try DataFolder.open(path)
        #expect(FolderWatch.replacement(of: folder) == nil)
        #expect(unsafe rename(path, path + ".away") == 0)
        let other = try DataFolder.open(path)
        #expect(
            FolderWatch.replacement(of: folder)
                == "the data folder \(path) was replaced while the server ran: restart the server")
        #expect(FolderWatch.replacement(of: other) == nil)
    }

    @Test func `a folder that is gone is told`() {
        let gone = place.path("gone")
        #expect(
            FolderWatch.fault(of: gone, 1) == "the data folder \(gone) cannot be written: No such file or directory")
    }
}
