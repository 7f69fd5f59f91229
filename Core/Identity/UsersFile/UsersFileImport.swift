import GantryBytes
import GantryCrypto
package import GantryEventLoop
package import GantryStorage

/// Makes the store say what a users file says. What is the same already costs a comparison and no write, so that a
/// restart with an unchanged file is free.
///
/// Imports must not overlap; `UsersFileWatch` sees to it.
package struct UsersFileImport: Sendable {
    private let database: any Database
    private let audit: Audit
    private let pepper: UsersFilePepper
    private let loop: Loop
    private let now: @Sendable () -> Int64
    private let onChange: @Sendable (Set<String>) -> Void

    /// `onChange` gets the ids of users whose rights or passwords have changed, after each commit.
    package init(
        database: any Database, audit: Audit, pepper: UsersFilePepper, loop: Loop,
        now: @escaping @Sendable () -> Int64, onChange: @escaping @Sendable (Set<String>) -> Void
    ) {
        self.database = database
        self.audit = audit
        self.pepper = pepper
        self.loop = loop
        self.now = now
        self.onChange = onChange
    }

    /// Takes the content over. A file with problems is not taken, and nil is returned; but when no user has ever come
    /// from a file, its good entries are: an older server's folder must start.
    package func apply(_ content: UsersFileContent, path: String) async throws -> UsersFileReport? {
        let pepper = pepper
        let plan = try await database.read { try UsersFilePlan(content, pepper: pepper, in: $0) }
        guard content.problems.isEmpty || (plan.isFirst && !content.entries.isEmpty) else { return nil }
        var report = UsersFileReport()
        report.listed = content.entries.count
        report.ignored = plan.ignored.count
        report.ignoredNames = Array(plan.ignored.prefix(UsersFileLimits.notesMax))
        var rest = plan.changes[...]
        while !rest.isEmpty {
            let step = rest.prefix(UsersFileLimits.usersPerStep)
            rest = rest.dropFirst(step.count)
            let verifiers = try await verifiers(for: step)
            report = try await write(zip(step, verifiers), report, auditedAs: rest.isEmpty ? path : nil)
        }
        return report
    }

    /// The new verifiers of a step, in its order; computed off the loop, a few at a time.
    private func verifiers(for changes: ArraySlice<UsersFilePlan.Change>) async throws -> [PasswordVerifier?] {
        var verifiers: [PasswordVerifier?] = []
        var rest = changes
        while !rest.isEmpty {
            let turn = rest.prefix(UsersFileLimits.verifiersPerTurn)
            rest = rest.dropFirst(turn.count)
            verifiers += try await loop.offload("hash imported passwords") { try turn.map(Self.verifier) }
        }
        return verifiers
    }

    private static func verifier(for change: UsersFilePlan.Change) throws -> PasswordVerifier? {
        switch change {
        case .add(let entry, _): try verifier(of: entry)
        case .update(let update): update.needsVerifier ? try verifier(of: update.entry) : nil
        case .disable: nil
        }
    }

    private static func verifier(of entry: UsersFileEntry) throws -> PasswordVerifier {
        try PasswordVerifier(PasswordProof(sha512Digits: entry.passwordHash), cost: UsersFileCost.verifier)
    }

    /// One transaction. The last one of an import writes its audit row.
    private func write(
        _ step: Zip2Sequence<ArraySlice<UsersFilePlan.Change>, [PasswordVerifier?]>, _ report: UsersFileReport,
        auditedAs path: String?
    ) async throws -> UsersFileReport {
        let time = now()
        let before = report.touched
        let result: UsersFileReport
        do {
            result = try await commit(step, report, time, auditedAs: path)
        } catch {
            // A commit that failed may be on disk all the same.
            onChange(Set(step.compactMap(\.0.userID)))
            throw error
        }
        onChange(result.touched.subtracting(before))
        return result
    }

    private func commit(
        _ step: Zip2Sequence<ArraySlice<UsersFilePlan.Change>, [PasswordVerifier?]>, _ report: UsersFileReport,
        _ time: Int64, auditedAs path: String?
    ) async throws -> UsersFileReport {
        let audit = audit
        return try await database.write { transaction in
            var writer = UsersFileWriter(report, time: time)
            for (change, verifier) in step { try writer.apply(change, verifier, in: transaction) }
            if let path {
                try audit.record(
                    AuditEntry("users_file.import", subject: path, .server, details: writer.report.details),
                    in: transaction)
            }
            return writer.report
        }
    }
}
