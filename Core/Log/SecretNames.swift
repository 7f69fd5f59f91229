/// Decides by a field's name whether its value is a secret.
///
/// A name is split into words at case changes and at anything that is not a letter or digit: `accessToken`,
/// `access_token` and `X-Access-Token` are the same. One secret word makes the value secret, unless the last word says
/// that the value only describes the secret (`token_id`, `password_length`).
enum SecretNames {
    private static let secretWords: Set<String> = [
        "password", "passwords", "passwd", "passphrase", "pwd", "secret", "secrets", "token", "tokens",
        "authorization", "cookie", "cookies", "credential", "credentials", "apikey", "authkey", "privatekey",
        "verifier",
    ]
    private static let secretPairs: Set<String> = [
        "api key", "private key", "secret key", "session key", "access key", "encryption key", "signing key",
        "auth key", "session cookie",
    ]
    private static let describingWords: Set<String> = [
        "id", "ids", "count", "kind", "type", "length", "bytes", "expires", "expiry", "name", "path", "file",
    ]

    static func isSecret(_ name: String) -> Bool {
        let words = words(of: name)
        guard let last = words.last, !describingWords.contains(last) else { return false }
        if words.contains(where: secretWords.contains) { return true }
        return zip(words, words.dropFirst()).contains { secretPairs.contains("\($0) \($1)") }
    }

    private static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = ""
        var previousIsLower = false
        for character in name.unicodeScalars {
            let isUpper = ("A"..."Z").contains(character)
            let isWordPart = isUpper || ("a"..."z").contains(character) || ("0"..."9").contains(character)
            if !isWordPart || (isUpper && previousIsLower) {
                if !word.isEmpty { words.append(word) }
                word = ""
            }
            if isWordPart { word += String(character).lowercased() }
            previousIsLower = isWordPart && !isUpper
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
