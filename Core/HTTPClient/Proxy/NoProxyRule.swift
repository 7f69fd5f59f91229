/// One entry of `no_proxy`: `*`, a domain with its sub-domains, an address or a block, each with an optional port.
struct NoProxyRule: Sendable, Hashable {
    private enum Subject: Hashable, Sendable {
        case everything
        case domain(String)
        case range(AddressRange)
    }

    private let subject: Subject
    private let port: Int?

    /// nil for an entry that means nothing; such entries of a hand-written variable are passed over.
    init?(_ entry: Substring) {
        var text = String(entry.filter { $0 != " " && $0 != "\t" }).lowercased()
        var port: Int?
        if let range = AddressRange(text.unbracketed) {
            subject = .range(range)
            self.port = nil
            return
        }
        if let colon = text.lastIndex(of: ":"), let number = Int(text[text.index(after: colon)...]) {
            port = number
            text = String(text[..<colon])
        }
        self.port = port
        if let range = AddressRange(text.unbracketed) {
            subject = .range(range)
            return
        }
        if text.hasPrefix("*.") { text.removeFirst() }
        while text.hasPrefix(".") { text.removeFirst() }
        while text.hasSuffix(".") { text.removeLast() }
        guard !text.isEmpty else { return nil }
        subject = text == "*" ? .everything : .domain(text)
    }

    /// True when the host is reached without a proxy. `host` is in lower case, without brackets.
    func matches(host: String, port targetPort: Int) -> Bool {
        if let port, port != targetPort { return false }
        switch subject {
        case .everything: return true
        case .range(let range): return IPAddress(host).map { range.contains($0.canonical) } ?? false
        case .domain(let domain):
            let name = host.hasSuffix(".") ? String(host.dropLast()) : host
            return name == domain || name.hasSuffix("." + domain)
        }
    }
}

extension String {
    /// `[::1]` without its brackets.
    var unbracketed: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
