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

    @Test func `a folder that is gone is told`() {
        let gone = place.path("gone")
        #expect(
            FolderWatch.fault(of: gone, 1) == "the data folder \(gone) cannot be written: No such file or directory")
    }
}
