import Synchronization

/// Removes secrets from events, and cuts what is longer than `LogLimits` allows.
///
/// Secret values are registered by whoever holds them (configuration, sessions, job environments) and are then replaced
/// wherever they stand, in messages and in values. Registrations are counted: a value is looked for until each
/// registration was taken back. The set sits behind a lock; scanning happens outside of it, on an immutable index.
package final class Redactor: Sendable {
    /// What stands in place of a secret.
    package static let mark = "<redacted>"

    private struct Known {
        var registrations: [[UInt8]: Int] = [:]
        var index: SecretIndex? = SecretIndex([])
    }

    private let known = Mutex(Known())

    package init() {}

    /// Looks for this value from now on. Answers `false`, and does nothing, when the value is too short to be looked
    /// for or `LogLimits.secretsMax` values are known already.
    @discardableResult
    package func register(_ secret: String) -> Bool {
        let bytes = Array(secret.utf8)
        guard bytes.count >= LogLimits.secretBytesMin else { return false }
        return known.withLock { known in
            if let count = known.registrations[bytes] {
                known.registrations[bytes] = count + 1
                return true
            }
            guard known.registrations.count < LogLimits.secretsMax else { return false }
            known.registrations[bytes] = 1
            known.index = nil
            return true
        }
    }

    /// Takes one registration back.
    package func unregister(_ secret: String) {
        let bytes = Array(secret.utf8)
        known.withLock { known in
            guard let count = known.registrations[bytes] else { return }
            known.registrations[bytes] = count > 1 ? count - 1 : nil
            if count == 1 { known.index = nil }
        }
    }

    /// The text without registered secrets, for output that is no log event (a job's log, an error page).
    package func redacted(_ text: String) -> String { currentIndex().redact(text, bytesMax: .max) }

    /// The parts of an event, redacted and within the limits.
    func clean(message: String, fields: LogFields) -> (message: String, fields: LogFields) {
        let index = currentIndex()
        let message = index.redact(message, bytesMax: LogLimits.messageBytesMax)
        var cleaned = LogFields()
        for entry in fields.entries.prefix(LogLimits.fieldsMax) {
            let name = index.redact(entry.name, bytesMax: LogLimits.nameBytesMax)
            if SecretNames.isSecret(entry.name) {
                cleaned[name] = .string(Redactor.mark)
            } else {
                var budget = LogLimits.valueBytesMax
                cleaned[name] = clean(entry.value, index, &budget)
            }
        }
        let dropped = fields.entries.count - LogLimits.fieldsMax
        if dropped > 0 { cleaned["fields_dropped"] = .int(dropped) }
        return (message, cleaned)
    }

    private func clean(_ value: LogValue, _ index: SecretIndex, _ budget: inout Int) -> LogValue {
        switch value {
        case .string(let text):
            let text = index.redact(text, bytesMax: budget)
            budget = max(0, budget - text.utf8.count)
            return .string(text)
        case .list(let members):
            var kept: [LogValue] = []
            for member in members.prefix(LogLimits.listMembersMax) where budget > 0 {
                budget -= 1
                kept.append(clean(member, index, &budget))
            }
            if kept.count < members.count { kept.append(.string("…[+\(members.count - kept.count) members]")) }
            return .list(kept)
        case .int(let number):
            // A secret of digits only (a PIN) can stand in a number too.
            let text = String(number)
            let cleaned = index.redact(text, bytesMax: .max)
            return cleaned == text ? value : .string(cleaned)
        case .bool, .double: return value
        }
    }

    private func currentIndex() -> SecretIndex {
        known.withLock { known in
            if let index = known.index { return index }
            let index = SecretIndex(known.registrations.keys)
            known.index = index
            return index
        }
    }
}
