package import GantryJSON

/// Something to say about a place in the users file; never with a hash in it.
package struct UsersFileNote: Sendable, Hashable, CustomStringConvertible {
    package let position: JSONPosition
    package let message: String

    /// The message is cleaned of what could be a hash that stands in the wrong place.
    init(_ position: JSONPosition, _ message: String) {
        self.position = position
        self.message = Self.withoutHashes(message)
    }

    package var description: String { "\(position.line):\(position.column): \(message)" }

    /// Shorter runs of hexadecimal digits are words and numbers.
    private static let hashDigitsMin = 32

    /// Long runs of hexadecimal digits become a mark.
    static func withoutHashes(_ text: String) -> String {
        var result: [UInt8] = []
        var run: [UInt8] = []
        func end() {
            result += run.count < hashDigitsMin ? run : Array("<hidden>".utf8)
            run = []
        }
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x46, 0x61...0x66: run.append(byte)
            default:
                end()
                result.append(byte)
            }
        }
        end()
        return String(decoding: result, as: UTF8.self)
    }
}

/// The first notes one by one, and how many there are in all.
package struct UsersFileNotes: Sendable, Hashable {
    package private(set) var shown: [UsersFileNote] = []
    package private(set) var count = 0

    package var isEmpty: Bool { count == 0 }

    mutating func add(_ position: JSONPosition, _ message: String) {
        count += 1
        if shown.count < UsersFileLimits.notesMax { shown.append(UsersFileNote(position, message)) }
    }

    /// One line for each note, with a last one for those that are not shown.
    package var lines: [String] {
        shown.map(\.description) + (count > shown.count ? ["and \(count - shown.count) more"] : [])
    }
}
