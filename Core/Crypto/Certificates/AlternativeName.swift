import COpenSSL

/// A name in a certificate's `subjectAltName`: what clients compare with what they connect to.
package enum AlternativeName: Sendable, Hashable {
    /// A host name; the leftmost label may be `*`. Other alphabets in their `xn--` form.
    case dns(String)
    /// An IPv4 or IPv6 address in its usual text form.
    case ip(String)
    case email(String)
    case uri(String)

    /// The most names in one certificate.
    package static let countMax = 256

    /// An address in its shortest form when it reads as one, else a host name.
    package init(host: String) {
        self = Self.address(host).flatMap(Self.addressText).map { .ip($0) } ?? .dns(host)
    }

    /// Whether a certificate can have the name: no letters of other alphabets, no blanks, a label of the right length.
    package var isEncodable: Bool {
        (try? encodedValue()) != nil  // Which rule is broken does not matter here.
    }

    /// The four or sixteen bytes of an address, or nothing.
    static func address(_ text: String) -> [UInt8]? {
        defer { OpenSSLErrors.clear() }
        guard !text.utf8.contains(0), let octets = unsafe a2i_IPADDRESS(text) else { return nil }
        defer { unsafe ASN1_OCTET_STRING_free(octets) }
        return unsafe bytes(UnsafePointer(octets))
    }

    /// The value as the certificate holds it.
    func encodedValue() throws(CryptoError) -> [UInt8] {
        switch self {
        case .dns(let name):
            guard Self.isHostName(name) else { throw Self.refused(name, "a host name") }
            return Array(name.utf8)
        case .ip(let text):
            guard let address = Self.address(text) else { throw Self.refused(text, "an IP address") }
            return address
        case .email(let text):
            guard Self.isPrintable(text), text.split(separator: "@", omittingEmptySubsequences: false).count == 2 else {
                throw Self.refused(text, "an e-mail address")
            }
            return Array(text.utf8)
        case .uri(let text):
            guard Self.isPrintable(text), text.utf8.contains(UInt8(ascii: ":")) else {
                throw Self.refused(text, "an absolute URI")
            }
            return Array(text.utf8)
        }
    }

    private static func refused(_ text: String, _ what: String) -> CryptoError {
        CryptoError(.invalidArgument, "\"\(text.prefix(80))\" is not \(what)")
    }

    private static func isPrintable(_ text: String) -> Bool {
        (1...2048).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private static func isHostName(_ name: String) -> Bool {
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, let last = labels.last, !last.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return false
        }
        return labels.enumerated().allSatisfy { index, label in
            let isWildcard = index == 0 && labels.count > 1 && label.elementsEqual([UInt8(ascii: "*")])
            return isWildcard || isLabel(label)
        }
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard (1...63).contains(label.count), label.first != hyphen, label.last != hyphen else { return false }
        return label.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, hyphen, UInt8(ascii: "_"): true
            default: false
            }
        }
    }

    static func bytes(_ string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        let count = unsafe ASN1_STRING_length(string)
        return unsafe Array(UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(max(0, count))))
    }
}
