import COpenSSL
import Synchronization

/// The keys that session tickets are sealed with: one in use, the one before still opens, older ones are forgotten.
///
/// They live longer than a context, so that clients resume across a reload of the certificates.
package final class TLSTicketKeys: Sendable {
    /// How long a key seals; it opens for as long again.
    package static let rotation = Duration.seconds(12 * 3600)
    static let nameBytes = 16
    private static let secretBytes = 32

    private struct Key: Sendable {
        let name: [UInt8]
        let cipherKey: [UInt8]
        let macKey: [UInt8]
        let born: ContinuousClock.Instant
    }

    enum Found: Equatable {
        case current
        case aging
    }

    private let keys = Mutex<[Key]>([])
    private let now: @Sendable () -> ContinuousClock.Instant

    package init(now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }) {
        self.now = now
    }

    /// Forgets every key: no ticket issued so far resumes any more.
    package func discard() {
        keys.withLock { $0 = [] }
    }

    /// Prepares the sealing of a ticket: writes the key's name and a fresh vector, sets up cipher and MAC.
    func seal(
        name: UnsafeMutablePointer<UInt8>, vector: UnsafeMutablePointer<UInt8>, cipher: OpaquePointer,
        mac: OpaquePointer
    ) -> Bool {
        guard let key = current() else { return false }
        for (index, byte) in key.name.enumerated() { unsafe name[index] = byte }
        return unsafe RAND_bytes(vector, CInt(EVP_MAX_IV_LENGTH)) == 1
            && EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nil, key.cipherKey, vector) == 1
            && prepare(mac, key.macKey)
    }

    /// Prepares the opening of a ticket; nil when its key is not, or no longer, known.
    func open(
        name: UnsafePointer<UInt8>, vector: UnsafePointer<UInt8>, cipher: OpaquePointer, mac: OpaquePointer
    ) -> Found? {
        let name = unsafe [UInt8](UnsafeBufferPointer(start: name, count: Self.nameBytes))
        let moment = now()
        let known = keys.withLock { $0 }
        guard let index = known.firstIndex(where: { $0.name == name }) else { return nil }
        let key = known[index]
        guard moment - key.born < Self.rotation * 2 else { return nil }
        guard
            unsafe EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nil, key.cipherKey, vector) == 1,
            unsafe prepare(mac, key.macKey)
        else { return nil }
        return index == 0 && moment - key.born < Self.rotation ? .current : .aging
    }

    private func prepare(_ mac: OpaquePointer, _ key: [UInt8]) -> Bool {
        unsafe tls_ticket_mac(mac, key, key.count) == 1
    }

    private func current() -> Key? {
        let moment = now()
        return keys.withLock { keys in
            if let first = keys.first, moment - first.born < Self.rotation { return first }
            guard let fresh = Self.generate(at: moment) else { return nil }
            keys = [fresh] + keys.prefix(1)
            return fresh
        }
    }

    private static func generate(at moment: ContinuousClock.Instant) -> Key? {
        var bytes = [UInt8](repeating: 0, count: nameBytes + 2 * secretBytes)
        guard unsafe RAND_bytes(&bytes, CInt(bytes.count)) == 1 else { return nil }
        return Key(
            name: [UInt8](bytes[..<nameBytes]), cipherKey: [UInt8](bytes[nameBytes..<nameBytes + secretBytes]),
            macKey: [UInt8](bytes[(nameBytes + secretBytes)...]), born: moment)
    }
}
