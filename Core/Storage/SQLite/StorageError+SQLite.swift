import CSQLite

extension StorageError.Code {
    package static let busy = Self(rawValue: SQLITE_BUSY)
    package static let constraint = Self(rawValue: SQLITE_CONSTRAINT)
    package static let corrupt = Self(rawValue: SQLITE_CORRUPT)
    package static let full = Self(rawValue: SQLITE_FULL)
    package static let interrupt = Self(rawValue: SQLITE_INTERRUPT)
    package static let ioError = Self(rawValue: SQLITE_IOERR)
    package static let readOnly = Self(rawValue: SQLITE_READONLY)

    // The extended codes of constraints, whose macros Swift does not import: primary code plus (detail << 8).
    private static let check = Self(rawValue: SQLITE_CONSTRAINT | 1 << 8)
    private static let foreignKey = Self(rawValue: SQLITE_CONSTRAINT | 3 << 8)
    private static let notNull = Self(rawValue: SQLITE_CONSTRAINT | 5 << 8)
    private static let primaryKey = Self(rawValue: SQLITE_CONSTRAINT | 6 << 8)
    private static let unique = Self(rawValue: SQLITE_CONSTRAINT | 8 << 8)
    private static let rowID = Self(rawValue: SQLITE_CONSTRAINT | 10 << 8)

    var kind: StorageError.Kind {
        switch self {
        case .check: return .check
        case .foreignKey: return .foreignKey
        case .notNull: return .notNull
        case .primaryKey, .unique, .rowID: return .unique
        default: break
        }
        switch primary.rawValue {
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: return .busy
        case SQLITE_CONSTRAINT: return .constraint
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT: return .corrupt
        case SQLITE_FULL: return .full
        case SQLITE_READONLY: return .readOnly
        case SQLITE_CANTOPEN, SQLITE_PERM: return .cannotOpen
        case SQLITE_IOERR: return .ioError
        case SQLITE_NOMEM: return .outOfMemory
        case SQLITE_INTERRUPT: return .timedOut
        case SQLITE_TOOBIG: return .tooBig
        case SQLITE_MISUSE, SQLITE_AUTH, SQLITE_RANGE: return .misuse
        case SQLITE_MISMATCH: return .typeMismatch
        default: return .statement
        }
    }
}

extension StorageError {
    /// What `handle` reports for its last call, which returned `result`.
    init(_ handle: OpaquePointer?, result: Int32, doing what: String, path: String) {
        // A handle may hold the detail of this failure, or nothing about it at all.
        let extended = unsafe handle.map { unsafe sqlite3_extended_errcode($0) } ?? result
        let code = Code(rawValue: extended & 0xff == result & 0xff ? extended : result)
        let reason = unsafe Self.reason(handle, result: code.rawValue)
        let advice = code.kind == .statement ? nil : code.kind.advice
        self.init(code.kind, "\(what) in \(path): \(reason)", advice: advice, code: code)
    }

    private static func reason(_ handle: OpaquePointer?, result: Int32) -> String {
        if let handle = unsafe handle, unsafe sqlite3_extended_errcode(handle) == result,
            let text = unsafe sqlite3_errmsg(handle)
        {
            return unsafe String(cString: text)
        }
        return unsafe sqlite3_errstr(result).map { unsafe String(cString: $0) } ?? "error \(result)"
    }
}
