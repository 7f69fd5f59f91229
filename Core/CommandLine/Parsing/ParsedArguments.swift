/// The values that a command was called with, checked against its declaration.
///
/// Asking for a name that the command does not declare is a programming mistake and ends the program.
public struct ParsedArguments: Sendable, Hashable {
    var values: [String: [ParsedValue]] = [:]
    var flags: [String: Int] = [:]

    /// Whether the switch was given.
    public func flag(_ name: String) -> Bool { count(name) > 0 }

    /// How often the switch was given.
    public func count(_ name: String) -> Int {
        guard let count = flags[name] else { preconditionFailure("no flag \(name) is declared") }
        return count
    }

    /// Whether a value was given, by the command line, the environment or a default.
    public func has(_ name: String) -> Bool { !all(name).isEmpty }

    /// The text of an option or argument; the first one of several.
    public func text(_ name: String) -> String? { texts(name).first }

    /// The texts of a repeatable option or variadic argument, in order.
    public func texts(_ name: String) -> [String] {
        all(name).map { value in
            switch value {
            case .text(let text): text
            case .integer(let number): String(number)
            case .pair(let key, let value): "\(key)=\(value)"
            }
        }
    }

    /// The number of an option or argument of kind ``ValueKind/integer(_:)``; the first one of several.
    public func integer(_ name: String) -> Int? { integers(name).first }

    /// The numbers of a repeatable option or variadic argument of kind ``ValueKind/integer(_:)``, in order.
    public func integers(_ name: String) -> [Int] {
        all(name).map { value in
            guard case .integer(let number) = value else { preconditionFailure("\(name) is no integer") }
            return number
        }
    }

    /// The values of an option or argument of kind ``ValueKind/pair``, in order; a key may occur more than once.
    public func pairs(_ name: String) -> [(key: String, value: String)] {
        all(name).map { value in
            guard case .pair(let key, let value) = value else { preconditionFailure("\(name) is no key=value") }
            return (key, value)
        }
    }

    private func all(_ name: String) -> [ParsedValue] {
        guard let found = values[name] else { preconditionFailure("no option or argument \(name) is declared") }
        return found
    }
}
