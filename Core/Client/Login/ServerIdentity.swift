import GantryBytes
import GantryCrypto
import GantryIdentity
import GantryJSON

/// The key by which a server is known, proven.
package struct ServerIdentity: Sendable, Hashable {
    /// The public key as an OpenSSH line, without a comment.
    package let line: String
    /// As `ssh-keygen -l` shows it.
    package let fingerprint: String

    /// The fingerprint of a line that was kept; nil when it is none.
    package static func fingerprint(ofLine line: String) -> String? {
        // A line that cannot be read has no fingerprint to show.
        (try? UserKey(text: line))?.fingerprint
    }

    /// Checks a reply in which the server proves its key: signed by it, for this purpose, for this client's nonce.
    static func proven(
        _ reply: JSONValue?, _ purpose: LoginMessage.Purpose, user: String, key: String, clientNonce: [UInt8]
    ) throws(ClientError) -> (ServerIdentity, LoginMessage) {
        guard let line = reply?["server_key"]?.string, let text = reply?["message"]?.string,
            let signature = reply?["signature"]?.string.flatMap({ Base64.decode($0) })
        else { throw unproven("its reply lacks a key, a message or a signature") }
        do {
            let serverKey = try Ed25519PublicKey(openSSH: line)
            let identity = ServerIdentity(
                line: try serverKey.openSSH(), fingerprint: try UserKey(text: line).fingerprint)
            let message = try LoginMessage(parsing: text)
            guard serverKey.isValid(signature, for: message.serverPayload) else {
                throw unproven("its signature is wrong")
            }
            try check(message, purpose, identity, user: user, key: key, clientNonce: clientNonce)
            return (identity, message)
        } catch let error as ClientError {
            throw error
        } catch {
            throw unproven("\(error)")
        }
    }

    private static func check(
        _ message: LoginMessage, _ purpose: LoginMessage.Purpose, _ identity: ServerIdentity, user: String,
        key: String, clientNonce: [UInt8]
    ) throws(ClientError) {
        guard message.purpose == purpose else { throw unproven("its message has another purpose") }
        guard message.server == identity.fingerprint else { throw unproven("its message names another server") }
        guard message.user == user, message.key == key else {
            throw unproven("its message names another user or key")
        }
        guard constantTimeEquals(message.clientNonce, clientNonce) else {
            throw unproven("its message is an old one")
        }
    }

    private static func unproven(_ reason: String) -> ClientError {
        ClientError(.serverKey, "the server does not prove its key: \(reason)", hint: "nothing secret was sent to it")
    }
}
