import GantryIdentity

/// libFuzzer's main loop.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Takes one input; libFuzzer's library wants this name to be there.
@c(LLVMFuzzerTestOneInput)
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe IdentityFuzz.check([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// Looks for names, grants, keys and login messages that crash their readers, or that change when they are written and
/// read again.
@main
enum IdentityFuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments = unsafe CommandLine.unsafeArgv
        _ = unsafe runDriver(&count, &arguments, testOneInput)
    }

    fileprivate static func check(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        checkName(text)
        checkGrant(text)
        checkKey(text, bytes)
        checkMessage(text)
        let address = LoginThrottle.addressKey(text)
        precondition(!address.isEmpty && address.utf8.count <= 64, "a key without bounds: \(address)")
        if let kind = SecretToken.kind(of: text) {
            precondition(text.hasPrefix(kind.prefix), "a token of another kind")
        }
    }

    private static func checkName(_ text: String) {
        let result = Result { () throws(IdentityError) in try UserName(text) }
        guard case .success(let name) = result else { return checkError(result) }
        precondition(name.text.utf8.elementsEqual(text.utf8), "a name was changed")
        guard let folded = try? UserName(name.folded) else { preconditionFailure("no name any more: \(name.folded)") }
        precondition(folded.folded == name.folded, "folding twice is another name")
        precondition((try? Grant("assembly:\(text)/*")) != nil, "a name that no grant can hold: \(text)")
        let user = try? LoginMessage(parsing: message(user: text)).user
        precondition(user?.utf8.elementsEqual(text.utf8) == true, "a name that cannot sign in: \(text)")
    }

    private static func checkGrant(_ text: String) {
        let result = Result { () throws(IdentityError) in try Grant(text) }
        guard case .success(let grant) = result else { return checkError(result) }
        precondition((try? Grant(grant.description)) == grant, "a grant was changed: \(text)")
        precondition(grant.covers(grant) && Grant.admin.covers(grant), "a grant that does not cover itself: \(text)")
    }

    private static func checkKey(_ text: String, _ bytes: [UInt8]) {
        let parts = text.split(separator: ",", maxSplits: 1).map(String.init)
        let keys = [
            Result { () throws(IdentityError) in try UserKey(text: text) },
            Result { () throws(IdentityError) in try UserKey(subjectPublicKeyInfo: bytes) },
            Result { () throws(IdentityError) in try UserKey(modulus: parts.first ?? "", exponent: parts.last ?? "") },
        ]
        for result in keys {
            guard case .success(let key) = result else {
                checkError(result)
                continue
            }
            let again = [try? UserKey(text: key.openSSH), try? UserKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo)]
            for other in again {
                precondition(
                    other?.subjectPublicKeyInfo == key.subjectPublicKeyInfo, "a key was changed: \(key.openSSH)")
                precondition(other?.fingerprint == key.fingerprint, "two fingerprints: \(key.openSSH)")
            }
        }
    }

    private static func checkMessage(_ text: String) {
        let result = Result { () throws(IdentityError) in try LoginMessage(parsing: text) }
        guard case .success(let message) = result else { return checkError(result) }
        precondition(message.text.utf8.elementsEqual(text.utf8), "a message is written in another way")
    }

    /// Whatever is wrong, the message is one short line.
    private static func checkError<Value>(_ result: Result<Value, IdentityError>) {
        guard case .failure(let error) = result else { return }
        precondition(error.message.utf8.count < 2_000 && !error.message.contains("\n"), "no sentence: \(error.message)")
    }

    private static func message(user: String) -> String {
        let hash = "SHA256:" + String(repeating: "A", count: 43)
        let nonce = String(repeating: "A", count: 43)
        return """
            gantry-login-v1
            server \(hash)
            user \(user)
            key \(hash)
            client-nonce \(nonce)
            server-nonce \(nonce)
            time 0

            """
    }
}
