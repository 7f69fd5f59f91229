/// The prepared statements of one connection; the one unused for longest goes when there are too many.
struct StatementCache {
    private let capacity: Int
    private var clock: UInt64 = 0
    /// By the address of the literal: two equal literals at two places are two entries, which costs memory only.
    private var literals: [UInt: SQLiteStatement] = [:]
    private var composed: [String: SQLiteStatement] = [:]

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { literals.count + composed.count }

    mutating func find(_ sql: SQL) -> SQLiteStatement? {
        let found: SQLiteStatement? =
            switch sql.storage {
            case .literal(let text): literals[UInt(bitPattern: unsafe text.utf8Start)]
            case .composed(let text): composed[text]
            }
        clock += 1
        found?.lastUse = clock
        return found
    }

    mutating func insert(_ statement: SQLiteStatement, for sql: SQL) {
        if count >= capacity { removeOldest() }
        clock += 1
        statement.lastUse = clock
        switch sql.storage {
        case .literal(let text): literals[UInt(bitPattern: unsafe text.utf8Start)] = statement
        case .composed(let text): composed[text] = statement
        }
    }

    mutating func removeAll() {
        literals.removeAll()
        composed.removeAll()
    }

    private mutating func removeOldest() {
        let oldestLiteral = literals.min { $0.value.lastUse < $1.value.lastUse }
        let oldestComposed = composed.min { $0.value.lastUse < $1.value.lastUse }
        if let composedUse = oldestComposed?.value.lastUse, composedUse < oldestLiteral?.value.lastUse ?? .max {
            if let key = oldestComposed?.key { composed[key] = nil }
        } else if let key = oldestLiteral?.key {
            literals[key] = nil
        }
    }
}
