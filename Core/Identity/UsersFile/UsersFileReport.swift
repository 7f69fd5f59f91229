import GantryJSON

/// What an import did.
package struct UsersFileReport: Sendable, Equatable {
    /// Entries of the file that count.
    package var listed = 0
    package var added = 0
    /// Those with another password, other procedures, or both.
    package var changed = 0
    package var disabled = 0
    package var enabled = 0
    /// Entries whose name belongs to a user that was made by hand.
    package var ignored = 0
    /// Some of the names that were ignored.
    package var ignoredNames: [String] = []
    /// The users whose rights or passwords are others now.
    package var touched: Set<String> = []

    /// Whether the store is another one than before.
    package var hasChanges: Bool { added + changed + disabled + enabled > 0 }

    var details: JSONObject {
        [
            "listed": JSONValue(listed), "added": JSONValue(added), "changed": JSONValue(changed),
            "disabled": JSONValue(disabled), "enabled": JSONValue(enabled), "ignored": JSONValue(ignored),
        ]
    }
}
