import CSQLite
import Testing

@testable import GantryStorage

@Suite struct StorageErrorTests {
    @Test(
        arguments: [
            (SQLITE_BUSY | 2 << 8, StorageError.Kind.busy), (SQLITE_LOCKED, .busy), (SQLITE_CORRUPT | 1 << 8, .corrupt),
            (SQLITE_NOTADB, .corrupt), (SQLITE_FULL, .full), (SQLITE_READONLY | 4 << 8, .readOnly),
            (SQLITE_CANTOPEN | 2 << 8, .cannotOpen), (SQLITE_IOERR | 3 << 8, .ioError), (SQLITE_NOMEM, .outOfMemory),
            (SQLITE_INTERRUPT, .timedOut), (SQLITE_TOOBIG, .tooBig), (SQLITE_AUTH, .misuse),
            (SQLITE_CONSTRAINT | 8 << 8, .unique), (SQLITE_CONSTRAINT | 6 << 8, .unique),
            (SQLITE_CONSTRAINT | 3 << 8, .foreignKey), (SQLITE_CONSTRAINT | 1 << 8, .check),
            (SQLITE_CONSTRAINT | 5 << 8, .notNull), (SQLITE_CONSTRAINT | 9 << 8, .constraint),
            (SQLITE_ERROR, .statement),
        ])
    func `each result code has its kind`(code: Int32, kind: StorageError.Kind) {
        #expect(StorageError.Code(rawValue: code).kind == kind)
    }

    @Test func `a primary code matches its details, not the other way round`() {
        let extended = StorageError.Code(rawValue: SQLITE_IOERR | 4 << 8)
        #expect(StorageError.Code.ioError ~= extended)
        #expect(!(extended ~= StorageError.Code.ioError))
        #expect(extended.primary == .ioError)
    }

    @Test func `the text says what to do next`() {
        let error = StorageError(.full, "committing")
        #expect(
            "\(error)" == "committing; nothing of this change was kept: free space on that disk, then try again")
        #expect("\(StorageError(.unique, "job.id is taken"))" == "job.id is taken")
    }
}
