import GantryBytes

extension Ed25519PublicKey {
    private static let typeName = "ssh-ed25519"
    /// The longest line read: a key with a long comment.
    package static let lineBytesMax = 1024

    /// Reads the line of an OpenSSH `.pub` file: type, base 64, and a comment that is ignored.
    package init(openSSH line: String) throws(CryptoError) {
        guard line.utf8.count <= Self.lineBytesMax else {
            throw CryptoError(.tooLarge, "an OpenSSH key line has at most \(Self.lineBytesMax) bytes")
        }
        let fields = line.split(maxSplits: 2) { $0 == " " || $0 == "\t" || $0.isNewline }
        guard fields.count >= 2 else { throw CryptoError(.malformed, "an OpenSSH key line is a type and a key") }
        guard fields[0] == Self.typeName else {
            throw CryptoError(.wrongKeyType, "an OpenSSH key of type \(Self.typeName) was expected")
        }
        // The type and the key, each after its length in four bytes.
        let head = Self.field(Array(Self.typeName.utf8)) + [0, 0, 0, 32]
        guard let blob = Base64.decode(String(fields[1]), padding: .lenient), blob.count == head.count + 32,
            blob.starts(with: head)
        else { throw CryptoError(.malformed, "the OpenSSH key is malformed") }
        try self.init(raw: Array(blob[head.count...]))
    }

    /// The line of an OpenSSH `.pub` file; the comment is one line.
    package func openSSH(comment: String = "") throws(CryptoError) -> String {
        guard comment.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw CryptoError(.invalidArgument, "the comment of an OpenSSH key has no control characters")
        }
        let blob = Self.field(Array(Self.typeName.utf8)) + Self.field(try raw())
        let line = "\(Self.typeName) \(Base64.encode(blob))"
        return comment.isEmpty ? line : "\(line) \(comment)"
    }

    private static func field(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt32(bytes.count)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + bytes
    }
}
