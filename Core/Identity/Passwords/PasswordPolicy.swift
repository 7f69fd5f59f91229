/// Which passwords are taken. Length is what counts; rules about kinds of characters make people write them down.
package enum PasswordPolicy {
    package static let charactersMin = 8

    /// Refuses what would be guessed first.
    package static func check(_ password: String, of user: String) throws(IdentityError) {
        guard password.utf8.count <= PasswordProof.bytesMax else {
            throw IdentityError(.invalid, "a password has at most \(PasswordProof.bytesMax) bytes")
        }
        guard password.count >= charactersMin else {
            throw IdentityError(.invalid, "a password has at least \(charactersMin) characters")
        }
        guard !password.unicodeScalars.contains("\0") else {
            throw IdentityError(.invalid, "a password cannot contain a NUL character")
        }
        let lowered = password.lowercased()
        guard lowered != user.lowercased(), Set(password).count > 2 else {
            throw IdentityError(.invalid, "this password would be guessed first: take another one")
        }
    }
}
