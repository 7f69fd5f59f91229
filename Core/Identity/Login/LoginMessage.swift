import GantryBytes

/// What both sides of a login sign: who talks to whom, and two nonces that nobody has used before.
///
/// The signed text is exactly `text`. Reading is strict: what is read gives the same text again, so that two programs
/// never understand one signature differently.
package struct LoginMessage: Sendable, Hashable {
    /// What the message proves.
    package enum Purpose: String, Sendable, CaseIterable {
        /// A user's login.
        case login = "gantry-login-v1"
        /// The server's identity alone, before it is told a user's name.
        case server = "gantry-server-v1"
    }

    /// The length of each nonce.
    package static let nonceBytes = 32
    /// The longest message read: twice what the longest names need.
    package static let bytesMax = 1024

    package let purpose: Purpose
    /// The fingerprint of the server's key.
    package let server: String
    /// The name as it was given; `-` in a proof of the server.
    package let user: String
    /// The fingerprint of the user's key; `-` in a proof of the server.
    package let key: String
    package let clientNonce: [UInt8]
    package let serverNonce: [UInt8]
    /// The server's clock, in Unix milliseconds.
    package let time: Int64

    /// Checks each part.
    package init(
        purpose: Purpose, server: String, user: String, key: String, clientNonce: [UInt8], serverNonce: [UInt8],
        time: Int64
    ) throws(IdentityError) {
        guard Self.isFingerprint(server) else {
            throw Self.fault("the server's fingerprint is not SHA256: and 43 characters of base 64")
        }
        switch purpose {
        case .login:
            guard Self.isLine(user), user != "-" else { throw Self.fault("the user's name is not one line of text") }
            guard Self.isFingerprint(key) else {
                throw Self.fault("the key's fingerprint is not SHA256: and 43 characters of base 64")
            }
        case .server:
            guard user == "-", key == "-" else { throw Self.fault("a proof of the server names no user and no key") }
        }
        guard clientNonce.count == Self.nonceBytes, serverNonce.count == Self.nonceBytes else {
            throw Self.fault("a nonce has \(Self.nonceBytes) bytes")
        }
        guard time >= 0 else { throw Self.fault("the time is before 1970") }
        self.purpose = purpose
        self.server = server
        self.user = user
        self.key = key
        self.clientNonce = clientNonce
        self.serverNonce = serverNonce
        self.time = time
    }

    /// Reads a message; it is one only if it is what `text` would write, byte for byte.
    package init(parsing text: String) throws(IdentityError) {
        guard text.utf8.count <= Self.bytesMax else { throw Self.fault("it has more than \(Self.bytesMax) bytes") }
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(Substring($0)) }
        guard lines.count == 1 + Self.labels.count + 1, lines.last == "" else {
            throw Self.fault("it does not have \(1 + Self.labels.count) lines")
        }
        guard let purpose = Purpose(rawValue: lines[0]) else { throw Self.fault("its first line is unknown") }
        var values: [String] = []
        for (label, line) in zip(Self.labels, lines.dropFirst()) {
            guard line.utf8.starts(with: "\(label) ".utf8) else { throw Self.fault("a line \"\(label)\" is missing") }
            values.append(String(Substring(line.utf8.dropFirst(label.utf8.count + 1))))
        }
        guard let time = Int64(values[5]) else { throw Self.fault("the time is no number") }
        try self.init(
            purpose: purpose, server: values[0], user: values[1], key: values[2],
            clientNonce: Base64.decode(values[3], alphabet: .url, padding: .lenient) ?? [],
            serverNonce: Base64.decode(values[4], alphabet: .url, padding: .lenient) ?? [], time: time)
        guard self.text.utf8.elementsEqual(text.utf8) else {
            throw Self.fault("it is not written in the one right way")
        }
    }

    /// The message as it is sent and signed.
    package var text: String {
        let values = [server, user, key, Self.encoded(clientNonce), Self.encoded(serverNonce), String(time)]
        return ([purpose.rawValue] + zip(Self.labels, values).map { "\($0) \($1)" }).map { $0 + "\n" }.joined()
    }

    /// What the server signs.
    package var serverPayload: [UInt8] { Array("gantry-server-signature\n\(text)".utf8) }

    /// What the user's key signs.
    package var clientPayload: [UInt8] { Array("gantry-client-signature\n\(text)".utf8) }

    /// What begins the lines after the first, in their order.
    private static let labels = ["server", "user", "key", "client-nonce", "server-nonce", "time"]

    private static func encoded(_ nonce: [UInt8]) -> String {
        Base64.encode(nonce, alphabet: .url, padded: false)
    }

    /// A name is whatever the user typed, right or wrong, as long as it is one line of at most 255 bytes.
    private static func isLine(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= UserName.bytesMax
            && !text.unicodeScalars.contains(where: ControlCharacters.contain)
    }

    private static func isFingerprint(_ text: String) -> Bool {
        let prefix = "SHA256:"
        guard text.utf8.starts(with: prefix.utf8), text.utf8.count == prefix.utf8.count + 43 else { return false }
        return Base64.decode(String(text.dropFirst(prefix.count)), padding: .lenient)?.count == 32
    }

    private static func fault(_ reason: String) -> IdentityError {
        IdentityError(.invalid, "this is no login message: \(reason)")
    }
}
