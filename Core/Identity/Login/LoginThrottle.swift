import Synchronization

/// Slows down those who guess passwords, keys or registration tokens, by name and by address.
///
/// A try counts as a failure from its beginning, so that a thousand tries at the same time are no way around it; what
/// turns out well is taken back.
package final class LoginThrottle: Sendable {
    /// What failures are counted for.
    package enum Bucket: Hashable, Sendable {
        /// Passwords of one user, by the folded name, whether there is such a user or not.
        case password(user: String)
        /// Passwords from one address, by its `addressKey`.
        case passwordAddress(String)
        /// Keys from one address.
        case keyAddress(String)
        /// Registration tokens from one address.
        case registrationAddress(String)
    }

    /// One try. Unless one of its functions is called, it stays a failure.
    package final class Attempt: Sendable {
        private let throttle: LoginThrottle
        private let counted: [(bucket: Bucket, serial: UInt64)]
        private let isSettled = Atomic(false)

        fileprivate init(_ throttle: LoginThrottle, _ counted: [(bucket: Bucket, serial: UInt64)]) {
            self.throttle = throttle
            self.counted = counted
        }

        /// It was right: the failures of the name are forgotten, and the address has one less.
        package func succeeded() {
            settle(clearsNames: true)
        }

        /// It was neither right nor wrong, as the server could not look: as if it had not been.
        package func withdrawn() {
            settle(clearsNames: false)
        }

        private func settle(clearsNames: Bool) {
            guard !isSettled.exchange(true, ordering: .relaxed) else { return }
            throttle.takeBack(counted, clearsNames: clearsNames)
        }
    }

    private let limits: ThrottleLimits
    private let now: @Sendable () -> ContinuousClock.Instant
    private let table: Mutex<ThrottleTable>

    package init(
        limits: ThrottleLimits = .init(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        var limits = limits
        limits.memory = max(limits.memory, limits.delayMax)
        self.limits = limits
        self.now = now
        table = Mutex(ThrottleTable(rowsMax: limits.bucketsMax))
    }

    /// Lets a try begin, or throws `tooMany` with the time to wait. Who is sent away has not tried: it does not count.
    package func admit(_ buckets: [Bucket]) throws(IdentityError) -> Attempt {
        let time = now()
        let buckets = buckets.map(\.bounded)
        let (counted, wait) = table.withLock { table -> ([(bucket: Bucket, serial: UInt64)], Duration) in
            table.forget(before: time - limits.memory)
            let wait = buckets.compactMap { table[$0] }.map { time.duration(to: $0.blockedUntil) }.max() ?? .zero
            guard wait <= .zero else { return ([], wait) }
            let counted = buckets.map { bucket in
                (bucket: bucket, serial: table.fail(bucket, at: time) { delay(bucket, after: $0) })
            }
            return (counted, .zero)
        }
        guard wait <= .zero else {
            let seconds = wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0)
            throw IdentityError(
                .tooMany, "too many failed attempts: try again in \(Self.words(seconds))", retryAfter: .seconds(seconds)
            )
        }
        return Attempt(self, counted)
    }

    /// How many names and addresses have to wait at the moment.
    package var blockedCount: Int {
        let time = now()
        return table.withLock { $0.blockedCount(at: time) }
    }

    /// How many names and addresses are remembered.
    package var count: Int {
        table.withLock { $0.count }
    }

    private func takeBack(_ counted: [(bucket: Bucket, serial: UInt64)], clearsNames: Bool) {
        table.withLock { table in
            for (bucket, serial) in counted {
                if clearsNames, bucket.isName {
                    table.remove(bucket)
                } else {
                    table.takeBack(bucket, serial: serial) { delay(bucket, after: $0) }
                }
            }
        }
    }

    private func delay(_ bucket: Bucket, after failures: Int) -> Duration {
        limits.delay(
            after: failures, free: bucket.isName ? limits.nameFailuresFree : limits.addressFailuresFree)
    }

    /// `1 second`, `40 seconds`, `15 minutes`.
    private static func words(_ seconds: Int64) -> String {
        switch seconds {
        case 1: "1 second"
        case ..<120: "\(seconds) seconds"
        default: "\((seconds + 59) / 60) minutes"
        }
    }
}

extension LoginThrottle.Bucket {
    /// Longer texts are cut: a row has a bounded size, whatever was typed.
    private static let bytesMax = 255

    fileprivate var isName: Bool {
        if case .password = self { true } else { false }
    }

    fileprivate var bounded: Self {
        switch self {
        case .password(let user): .password(user: Self.cut(user))
        case .passwordAddress(let address): .passwordAddress(Self.cut(address))
        case .keyAddress(let address): .keyAddress(Self.cut(address))
        case .registrationAddress(let address): .registrationAddress(Self.cut(address))
        }
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= bytesMax ? text : String(decoding: text.utf8.prefix(bytesMax), as: UTF8.self)
    }
}
