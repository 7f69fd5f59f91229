package import GantryConfig
package import GantryCrypto
package import GantryIdentity

/// The `identity` section: users, passwords, sessions.
package struct IdentityConfiguration: Sendable, Equatable {
    package var administrator: String
    package var administratorPassword: Secret?
    package var sessionIdleHours: Int
    package var sessionLifetimeHours: Int
    package var sessionsPerUser: Int
    package var passwordCost: Scrypt.Cost
    package var hashesAtATime: Int
    package var auditDays: Int
    package var auditRows: Int

    package init(section: inout ConfigSection) {
        administrator = section.string(
            "first_administrator", default: "admin",
            help: "The user that the first start makes, with everything allowed.")
        administratorPassword = section.secret(
            "first_administrator_password",
            help: "That user's password; without it a one-time password is made up and told once.")
        sessionIdleHours = section.integer(
            "session_idle_hours", default: 14 * 24, in: 1...87_600,
            help: "How long a session lives without being used.")
        sessionLifetimeHours = section.integer(
            "session_lifetime_hours", default: 90 * 24, in: 1...876_000, help: "How long a session lives at the most.")
        sessionsPerUser = section.integer(
            "sessions_per_user", default: 100, in: 1...1000,
            help: "Sessions of one user; the next one ends the one that was not used for the longest time.")
        hashesAtATime = section.integer(
            "password_hashes_at_a_time", default: 2, in: 1...64,
            help: "Passwords that are checked at the same time; each takes a core.")
        auditDays = section.integer(
            "audit_days", default: AuditRetention().days, in: 1...36_500,
            help: "How long rows of the audit log are kept.")
        auditRows = section.integer(
            "audit_rows", default: AuditRetention().rowsMax, in: 1000...1_000_000_000,
            help: "Rows of the audit log that are kept at the most.")
        passwordCost = Self.cost(section: &section)
        check(&section)
    }

    /// What the services take.
    package func settings(_ kontor: KontorKeys, environment: [String: String]) -> IdentitySettings {
        let fromEnvironment = environment["GANTRY_ADMIN_PASSWORD"].flatMap { $0.isEmpty ? nil : $0 }
        return IdentitySettings(
            passwordCost: passwordCost, hashesAtATime: hashesAtATime,
            sessions: SessionPolicy(
                idleTime: Int64(sessionIdleHours) * 3_600_000, lifetime: Int64(sessionLifetimeHours) * 3_600_000,
                perUserMax: sessionsPerUser),
            audit: AuditRetention(days: auditDays, rowsMax: auditRows), administrator: administrator,
            administratorPassword: administratorPassword?.reveal() ?? fromEnvironment,
            usersFile: kontor.usersFile.isEmpty
                ? nil : .init(path: kontor.usersFile, isNamed: kontor.isUsersFileNamed))
    }

    private static func cost(section: inout ConfigSection) -> Scrypt.Cost {
        let standard = Scrypt.Cost.standard
        let iterations = section.integer(
            "password_iterations", default: standard.iterations, in: 1024...1 << 20,
            help: "scrypt's N for new password verifiers, a power of two: time and memory grow with it.")
        let blockSize = section.integer(
            "password_block_size", default: standard.blockSize, in: 1...32,
            help: "scrypt's r: time and memory grow with it.")
        let parallelism = section.integer(
            "password_parallelism", default: standard.parallelism, in: 1...Scrypt.parallelismMax,
            help: "scrypt's p: time grows with it.")
        if iterations & (iterations - 1) != 0 {
            section.reportProblem("password_iterations", "must be a power of two")
        }
        if iterations * blockSize * 128 > Scrypt.memoryMax {
            section.reportProblem(
                "password_iterations", "takes more than \(Scrypt.memoryMax >> 20) MiB with this password_block_size")
        }
        return Scrypt.Cost(iterations: iterations, blockSize: blockSize, parallelism: parallelism)
    }

    private func check(_ section: inout ConfigSection) {
        if sessionIdleHours > sessionLifetimeHours {
            section.reportProblem("session_idle_hours", "is longer than session_lifetime_hours")
        }
        do throws(IdentityError) {
            _ = try UserName(administrator)
        } catch {
            section.reportProblem("first_administrator", error.message)
        }
        guard let password = administratorPassword else { return }
        do throws(IdentityError) {
            try PasswordPolicy.check(password.reveal(), of: administrator)
        } catch {
            section.reportProblem("first_administrator_password", error.message)
        }
    }
}
