/// How a listener binds.
package struct ListenerOptions: Sendable {
    /// Connections that the kernel completes ahead of accepting; the system's own maximum applies too.
    package var backlog: Int32 = 1024
    /// Lets several sockets share the address; the kernel spreads the connections.
    package var sharesPort = false
    /// Sets no-delay on accepted TCP connections (they inherit it, at no cost each).
    package var noDelay = true
    /// Permissions of a UNIX socket's file.
    package var unixMode: UInt32 = 0o600

    package init() {}
}
