import GantryClient
import GantryCommandLine
import GantryIdentity

/// The keys that a login tries, in their order, and the one that it registers.
struct LoginKeys: Sendable {
    /// Each key that the server does not know counts as a failure there, so that not all of an agent's are tried.
    private static let agentKeysMax = 3

    private let file: String?
    private let isAgentWanted: Bool
    private let keptFile: String?
    private let agent: SSHAgent?
    private let folder: ConfigFolder
    private let context: CommandContext

    init(_ arguments: ParsedArguments, _ context: CommandContext, _ profile: ServerProfile, _ folder: ConfigFolder) {
        file = arguments.text("key")
        isAgentWanted = arguments.flag("agent")
        keptFile = profile.keyFile
        agent = SSHAgent(environment: context.environment)
        self.folder = folder
        self.context = context
    }

    /// Where keys come from; each is asked when those before it did not help.
    var sources: [() throws -> [LoginKey]] {
        if let file { return [{ [try Self.required(file)] }] }
        if isAgentWanted { return [wantedAgentKeys] }
        return [keptKeys, deviceKeys, agentKeys]
    }

    /// The key that a password login registers.
    func toRegister(comment: String) throws -> LoginKey {
        if let file { return try Self.required(file) }
        if isAgentWanted, let key = try wantedAgentKeys().first { return key }
        return try DeviceKey.readOrMake(in: folder, comment: comment)
    }

    private static func required(_ path: String) throws -> LoginKey {
        try refusePublic(path)
        guard let key = try LoginKey.read(path) else {
            throw CommandError("there is no key file \(path)", exitCode: .noInput)
        }
        return key
    }

    /// A public key cannot sign, and whoever names one means its private half. Files that cannot be read are told of
    /// when they are read as a key.
    private static func refusePublic(_ path: String) throws(CommandError) {
        guard case .success(let bytes) = SystemText.file(path, max: SecretFile.bytesMax) else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        let isPublic = ["ssh-", "ecdsa-"].contains { text.hasPrefix($0) } || text.contains("PUBLIC KEY-----")
        guard isPublic, !text.contains("PRIVATE KEY-----") else { return }
        let other = path.hasSuffix(".pub") ? "name its private half: \(path.dropLast(4))" : "name its private half"
        throw CommandError("\(path) is a public key, which signs nobody in", hint: other, exitCode: .badData)
    }

    /// The file of an earlier `--key`; it may be on a medium that is not there now.
    private func keptKeys() throws -> [LoginKey] {
        guard let keptFile else { return [] }
        let key = try LoginKey.read(keptFile)
        if key == nil { context.notice("the key file \(keptFile) of an earlier login is not there") }
        return key.map { [$0] } ?? []
    }

    private func deviceKeys() throws -> [LoginKey] {
        try DeviceKey.read(in: folder).map { [$0] } ?? []
    }

    /// Nobody asked for the agent: one that does not answer is passed over.
    private func agentKeys() -> [LoginKey] {
        do {
            return Array(try agent?.keys().prefix(Self.agentKeysMax) ?? [])
        } catch {
            context.detail("\(error)")
            return []
        }
    }

    private func wantedAgentKeys() throws -> [LoginKey] {
        guard let agent else {
            throw CommandError(
                "there is no SSH agent: SSH_AUTH_SOCK is not set", hint: "`eval $(ssh-agent)` starts one",
                exitCode: .unavailable)
        }
        let keys = try agent.keys().prefix(Self.agentKeysMax)
        guard !keys.isEmpty else {
            throw CommandError(
                "the SSH agent holds no Ed25519 key", hint: "`ssh-add FILE` adds one", exitCode: .noInput)
        }
        return Array(keys)
    }
}
