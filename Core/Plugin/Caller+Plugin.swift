import GantryHTTP
public import GantryIdentity

extension Caller {
    /// Whether the caller may do what the grant says, such as `procedure:upper` or `plugin:thumbnails:make`. False for
    /// a text that is no grant.
    public func may(_ grant: String) -> Bool {
        // What is no grant cannot be held.
        guard let grant = try? Grant(grant) else { return false }
        return may(grant)
    }

    /// Throws the 403 problem that names the missing grant when the caller may not do what the grant says, and a 400
    /// problem when the text is no grant.
    public func require(_ grant: String) throws {
        do throws(IdentityError) {
            try require(try Grant(grant))
        } catch {
            throw Problem(error)
        }
    }
}
