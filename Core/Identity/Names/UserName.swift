/// The name of a user, checked: no two users have names that a reader takes for one another, and a name is written in
/// one way only, so that its bytes can be compared.
package struct UserName: Sendable, Hashable, CustomStringConvertible {
    /// The most characters of a name, as Unicode counts them.
    package static let scalarsMax = 64
    /// The most bytes of a name in UTF-8.
    package static let bytesMax = 255
    /// Names that the server or a web interface uses for something else.
    package static let reserved = ["keyserver", "webapps", "server", "anonymous"]

    package let text: String
    /// The same for names that differ in case only.
    package let folded: String
    /// The same for names that look alike.
    package let skeleton: String

    /// Checks a name; the error says which rule it breaks.
    package init(_ text: String) throws(IdentityError) {
        // The size comes first: what is too long is neither looked at nor shown.
        guard text.utf8.count <= Self.bytesMax, text.unicodeScalars.count <= Self.scalarsMax else {
            throw IdentityError(
                .invalid, "a user's name has at most \(Self.scalarsMax) characters and \(Self.bytesMax) bytes")
        }
        guard !text.isEmpty else { throw IdentityError(.invalid, "a user's name has at least one character") }
        try Self.checkCharacters(text)
        try Self.checkEnds(text)
        try Self.checkAlphabets(text)
        let skeleton = Confusables.skeleton(of: text)
        if let name = Self.reserved.first(where: { Confusables.skeleton(of: $0) == skeleton }) {
            let same = name == text ? "" : ", and this one looks like it"
            throw Self.fault(text, "the name \(name) is reserved\(same)")
        }
        self.text = text
        folded = NameScalar.folded(text)
        self.skeleton = skeleton
    }

    package var description: String { text }

    private static func checkCharacters(_ text: String) throws(IdentityError) {
        for scalar in text.unicodeScalars {
            guard let fault = NameScalar.fault(of: scalar) else { continue }
            throw Self.fault(text, "it contains \(ShownText.named(scalar)): \(fault)")
        }
    }

    private static func checkEnds(_ text: String) throws(IdentityError) {
        let scalars = text.unicodeScalars
        for end in [scalars.first, scalars.last].compactMap(\.self) {
            guard NameScalar.isLetter(end) || NameScalar.isDigit(end) || end == "_" else {
                throw fault(text, "a name begins and ends with a letter, a digit or _")
            }
        }
        if text.utf8.contains(0x20), zip(scalars, scalars.dropFirst()).contains(where: { $0 == " " && $1 == " " }) {
            throw fault(text, "two spaces cannot be told from one")
        }
    }

    private static func checkAlphabets(_ text: String) throws(IdentityError) {
        var first: Alphabet?
        for letter in text.unicodeScalars where NameScalar.isLetter(letter) {
            let alphabet = Alphabet(of: letter)
            if let first, let alphabet, alphabet != first {
                throw fault(
                    text,
                    "it mixes \(first.rawValue) and \(alphabet.rawValue) letters, which can look alike or change places"
                )
            }
            first = first ?? alphabet
        }
    }

    private static func fault(_ text: String, _ reason: String) -> IdentityError {
        IdentityError(.invalid, "\(ShownText.quoted(text)) cannot be a user's name: \(reason)")
    }
}
