import GantryCrypto
import GantryIdentity
import Glibc

/// The names under which this server is reached, as far as they are known without asking anybody: no look-up in the
/// network delays the start.
enum OwnHosts {
    /// The machine's name first, since it also becomes the certificate's common name.
    static func list(_ configuration: ServerConfiguration, machine: String = machineName) -> [String] {
        let address = configuration.listener.address
        let candidates =
            [machine] + configuration.tls.ownNames + (isWildcard(address) ? [] : [address])
            + ["localhost", "127.0.0.1", "::1"]
        var hosts: [String] = []
        for host in candidates where !host.isEmpty && CertificateOrder.name(host).isEncodable {
            if !hosts.contains(host) { hosts.append(host) }
        }
        return hosts
    }

    /// What the system calls itself; empty when it does not tell.
    static var machineName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func isWildcard(_ address: String) -> Bool { ["0.0.0.0", "::", ""].contains(address) }
}
