/// What an SSH agent may send.
enum AgentLimits {
    /// The longest message; OpenSSH's own agent has the same limit.
    static let messageBytesMax = 256 << 10
    /// The most keys that are looked at.
    static let identitiesMax = 1000
}
