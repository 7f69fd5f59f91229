import GantryCrypto
import GantryIdentity
import Glibc

/// The SSH agent of this user, asked over its socket: one connection for each question. Calls block, at most for their
/// time.
package struct SSHAgent: Sendable {
    /// The path of the socket.
    let path: String
    /// The time for a list of keys. A signature has longer: the agent may ask the user.
    private static let listTime = Duration.seconds(10)
    private static let signTime = Duration.seconds(120)

    /// An agent by the path of its socket.
    package init(path: String) { self.path = path }

    /// The agent that the environment names.
    package init?(environment: [String: String]) {
        guard let path = environment["SSH_AUTH_SOCK"], !path.isEmpty else { return nil }
        self.path = path
    }

    /// The keys of Ed25519 that it holds.
    package func keys() throws(ClientError) -> [LoginKey] {
        guard case .identities(let found) = try ask(AgentMessage.requestIdentities, within: Self.listTime) else {
            throw fault("it does not tell its keys")
        }
        return found.compactMap { LoginKey($0, of: self) }
    }

    /// A signature of Ed25519, checked before it is given away.
    func sign(_ data: [UInt8], with identity: AgentIdentity) throws(ClientError) -> [UInt8] {
        let reply = try ask(AgentMessage.signRequest(identity, data), within: Self.signTime)
        guard case .signature(let type, let bytes) = reply else { throw fault("it refuses to sign") }
        // A key that cannot check has not signed either.
        let key = identity.ed25519.flatMap { try? Ed25519PublicKey($0.publicKey) }
        guard type == "ssh-ed25519", key?.isValid(bytes, for: data) == true else {
            throw fault("its signature is wrong")
        }
        return bytes
    }

    private func ask(_ question: [UInt8], within time: Duration) throws(ClientError) -> AgentMessage {
        let connection = try AgentConnection(path: path, deadline: .now + time)
        try connection.write(question)
        var reader = AgentFrameReader()
        do {
            while true {
                if let message = try reader.take(try connection.read()) { return try AgentMessage(message) }
            }
        } catch let error as ClientError {
            throw error
        } catch AgentMessage.Fault.tooLong {
            throw fault("its message is longer than \(AgentLimits.messageBytesMax) bytes")
        } catch AgentMessage.Fault.tooManyIdentities {
            throw fault("it has more than \(AgentLimits.identitiesMax) keys")
        } catch {
            throw fault("what answers is no SSH agent")
        }
    }

    private func fault(_ reason: String) -> ClientError {
        ClientError(.agent, "the SSH agent at \(path) is of no use: \(reason)", hint: "`ssh-add -l` shows its keys")
    }
}
