package import GantryEventLoop

/// Why a port cannot serve.
package enum PortError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The settings contradict each other or exceed a limit.
    case configuration(String)
    /// An address cannot be listened on.
    case listen(LoopError)

    package var description: String {
        switch self {
        case .configuration(let reason): reason
        case .listen(let error): error.description
        }
    }
}
