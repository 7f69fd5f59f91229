import GantryBytes

/// A text that must not be seen: a password, a token, a key.
///
/// It prints as `<redacted>` wherever it lands, in interpolations, dumps and logs; only ``reveal()`` gives the text.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What is shown in its place.
    public static let redacted = "<redacted>"

    private let text: String

    /// Hides a text.
    public init(_ text: String) {
        self.text = text
    }

    /// The text itself, for the one call that needs it.
    public func reveal() -> String { text }

    /// Whether there is nothing to hide.
    public var isEmpty: Bool { text.isEmpty }

    /// Always `<redacted>`.
    public var description: String { Self.redacted }
    /// Always `<redacted>`.
    public var debugDescription: String { Self.redacted }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }

    /// Compares in a time that depends on the lengths only.
    public static func == (one: Secret, other: Secret) -> Bool {
        constantTimeEquals(one.text, other.text)
    }
}
