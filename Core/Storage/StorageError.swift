/// Why the store could not do what it was asked, with what to do about it.
package struct StorageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What callers decide by.
    package enum Kind: String, Sendable {
        // The change contradicts the schema.
        case unique, foreignKey, check, notNull, constraint
        // The machine's side.
        case busy, full, readOnly, cannotOpen, corrupt, ioError, outOfMemory
        // The data folder's side.
        case tooNew, migration
        // The engine's side.
        case closed, queueFull, timedOut, rolledBack
        // The caller's side.
        case misuse, statement, typeMismatch, tooBig
    }

    /// SQLite's result code; `primary` drops the detail. Zero when SQLite had no part in it.
    package struct Code: RawRepresentable, Sendable, Hashable {
        package let rawValue: Int32

        package init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        package static let none = Code(rawValue: 0)

        package var primary: Code { Code(rawValue: rawValue & 0xff) }

        /// A primary code matches all of its extended codes: `case .constraint` in a `switch`.
        package static func ~= (pattern: Code, value: Code) -> Bool {
            pattern == value || pattern == value.primary
        }
    }

    package let kind: Kind
    package let code: Code
    /// What failed, and why.
    package let message: String
    /// What whoever runs the server can do about it; empty where the caller has to change its code.
    package let advice: String

    package init(_ kind: Kind, _ message: String, advice: String? = nil, code: Code = .none) {
        self.kind = kind
        self.code = code
        self.message = message
        self.advice = advice ?? kind.advice
    }

    package var description: String {
        advice.isEmpty ? message : "\(message); \(advice)"
    }

    /// True when the same request may succeed later without a change to it.
    package var isTransient: Bool {
        switch kind {
        case .busy, .full, .queueFull, .timedOut, .rolledBack, .outOfMemory: true
        default: false
        }
    }
}

extension StorageError.Kind {
    var advice: String {
        switch self {
        case .busy: "another process uses the file: wait for it or stop it, then try again"
        case .full: "nothing of this change was kept: free space on that disk, then try again"
        case .readOnly: "check owner and permissions of the folder, and that its file system is mounted writable"
        case .cannotOpen: "check that the folder exists and that this user may read and write it"
        case .corrupt: "stop the server and restore a backup"
        case .ioError: "look into the system log for disk errors, then start the server again"
        case .outOfMemory: "give the process more memory, or ask for less at once"
        case .tooNew: "install that version, or restore a backup made by this one"
        case .migration: "install a released version of this program"
        case .closed: "the server is shutting down: try again when it is back"
        case .queueFull, .timedOut: "the server is busy: try again later"
        case .rolledBack: "nothing of this change was kept: try again"
        case .unique, .foreignKey, .check, .notNull, .constraint: ""
        case .misuse, .statement, .typeMismatch, .tooBig: ""
        }
    }
}
