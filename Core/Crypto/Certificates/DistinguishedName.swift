import COpenSSL

/// Who a certificate is about, or who made it: attributes in their encoded order.
package struct DistinguishedName: Sendable, Hashable, CustomStringConvertible {
    /// One attribute, by OpenSSL's short name of its type: `CN`, `O`, `OU`; without one its numbers.
    package struct Attribute: Sendable, Hashable {
        package let type: String
        package let value: String

        package init(type: String, value: String) {
            self.type = type
            self.value = value
        }
    }

    /// The most attributes read; real names have fewer than ten.
    package static let attributesMax = 64

    package let attributes: [Attribute]

    package init(attributes: [Attribute]) {
        self.attributes = attributes
    }

    /// The usual name, most general part first; a common name has at most 64 characters.
    package init(commonName: String, organization: String? = nil, organizationalUnit: String? = nil) {
        let parts = [("O", organization), ("OU", organizationalUnit), ("CN", commonName)]
        attributes = parts.compactMap { type, value in value.map { Attribute(type: type, value: $0) } }
    }

    /// The last common name, which is the most specific one.
    package var commonName: String? { attributes.last { $0.type == "CN" }?.value }

    /// The form of RFC 4514, most specific part first: `CN=alice,O=Gantry`.
    package var description: String {
        attributes.reversed().map { "\($0.type)=\(Self.escaped($0.value))" }.joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        let scalars = Array(value.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let isEdge = index == 0 || index == scalars.count - 1
            switch scalar {
            case ",", "+", "\"", "\\", "<", ">", ";": text += "\\\(scalar)"
            case " " where isEdge: text += "\\ "
            case "#" where index == 0: text += "\\#"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                text += "\\" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension DistinguishedName {
    /// Reads OpenSSL's form; text that is no text is an error.
    init(_ name: OpaquePointer?) throws(CryptoError) {
        let count = unsafe X509_NAME_entry_count(name)
        guard count <= Self.attributesMax else {
            throw CryptoError(.tooLarge, "a name has more than \(Self.attributesMax) attributes")
        }
        var attributes: [Attribute] = []
        for index in 0..<max(0, count) {
            let entry = unsafe X509_NAME_get_entry(name, index)
            let type = unsafe Self.typeName(X509_NAME_ENTRY_get_object(entry))
            let value = try unsafe Self.text(X509_NAME_ENTRY_get_data(entry))
            attributes.append(Attribute(type: type, value: value))
        }
        self.attributes = attributes
    }

    /// Adds the attributes to an empty name.
    func write(to name: OpaquePointer?) throws(CryptoError) {
        for attribute in attributes {
            let value = Array(attribute.value.utf8)
            guard !value.isEmpty, !value.contains(0) else {
                throw CryptoError(.invalidArgument, "the attribute \(attribute.type) of a name is empty or has a NUL")
            }
            let result = unsafe X509_NAME_add_entry_by_txt(
                name, attribute.type, MBSTRING_UTF8, value, CInt(value.count), -1, 0)
            guard result == 1 else {
                throw .openSSL(.invalidArgument, "the attribute \(attribute.type) of a name cannot be encoded")
            }
        }
    }

    private static func typeName(_ object: OpaquePointer?) -> String {
        let number = unsafe OBJ_obj2nid(object)
        if number != NID_undef, let name = unsafe OBJ_nid2sn(number) { return unsafe String(cString: name) }
        var text = [CChar](repeating: 0, count: 128)
        _ = unsafe OBJ_obj2txt(&text, CInt(text.count), object, 1)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func text(_ value: UnsafePointer<ASN1_STRING>?) throws(CryptoError) -> String {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = unsafe ASN1_STRING_to_UTF8(&bytes, value)
        guard count >= 0 else { throw .openSSL(.malformed, "an attribute of a name is not text") }
        defer { unsafe gantry_free(bytes) }
        return unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
    }
}
