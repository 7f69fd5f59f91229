import Synchronization
import Testing

@testable import GantryIdentity

@Suite struct LoginThrottleTests {
    private let clock = ThrottleClock()

    @Test func `five failures of a name are free, then the wait doubles up to a quarter of an hour`() throws {
        let throttle = LoginThrottle(now: clock.now)
        var waits: [Int64] = []
        for _ in 0..<18 {
            _ = try throttle.admit([.password(user: "alice")])
            waits.append(wait(throttle, [.password(user: "alice")]))
            clock.advance(.seconds(waits.last ?? 0))
        }
        #expect(waits == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
    }

    @Test func `an address has twenty free failures`() throws {
        let throttle = LoginThrottle(now: clock.now)
        for attempt in 0..<21 {
            _ = try throttle.admit([.password(user: "user\(attempt)"), .passwordAddress("192.0.2.1")])
        }
        #expect(wait(throttle, [.password(user: "someone"), .passwordAddress("192.0.2.1")]) == 1)
        #expect(wait(throttle, [.password(user: "someone"), .passwordAddress("192.0.2.2")]) == 0)
        #expect(wait(throttle, [.keyAddress("192.0.2.1")]) == 0)
        #expect(wait(throttle, [.registrationAddress("192.0.2.1")]) == 0)
    }

    @Test func `who is sent away does not count and makes no wait longer`() throws {
        let throttle = LoginThrottle(now: clock.now)
        for _ in 0..<6 { _ = try throttle.admit([.password(user: "alice"), .passwordAddress("a")]) }
        for _ in 0..<1_000 { #expect(wait(throttle, [.password(user: "alice"), .passwordAddress("a")]) == 1) }
        #expect(wait(throttle, [.password(user: "bob"), .passwordAddress("a")]) == 0)
        clock.advance(.seconds(1))
        #expect(wait(throttle, [.password(user: "alice")]) == 0)
    }

    @Test func `the error says how long to wait`() throws {
        let throttle = LoginThrottle(now: clock.now)
        for _ in 0..<6 { _ = try throttle.admit([.password(user: "alice")]) }
        clock.advance(.milliseconds(300))
        let error = #expect(throws: IdentityError.self) { try throttle.admit([.password(user: "alice")]) }
        #expect(error?.code == .tooMany)
        #expect(error?.message == "too many failed attempts: try again in 1 second")
        #expect(error?.retryAfter == .seconds(1))
        for _ in 0..<10 {
            clock.advance(.seconds(1_000))
            _ = try throttle.admit([.password(user: "alice")])
        }
        let later = #expect(throws: IdentityError.self) { try throttle.admit([.password(user: "alice")]) }
        #expect(later?.message == "too many failed attempts: try again in 15 minutes")
        #expect(later?.retryAfter == .seconds(900))
    }

    @Test func `success clears the name and takes its own count back from the address`() throws {
        let throttle = LoginThrottle(now: clock.now)
        for _ in 0..<4 { _ = try throttle.admit([.password(user: "alice"), .passwordAddress("a")]) }
        let attempt = try throttle.admit([.password(user: "alice"), .passwordAddress("a")])
        attempt.succeeded()
        attempt.succeeded()
        attempt.withdrawn()
        for _ in 0..<5 { _ = try throttle.admit([.password(user: "alice")]) }
        #expect(wait(throttle, [.password(user: "alice")]) == 0)
        // Four wrong ones of the address are left: sixteen more are free.
        for _ in 0..<16 { _ = try throttle.admit([.passwordAddress("a")]) }
        #expect(wait(throttle, [.passwordAddress("a")]) == 0)
        _ = try throttle.admit([.passwordAddress("a")])
        #expect(wait(throttle, [.passwordAddress("a")]) == 1)
    }

    @Test func `an office of people who log in well never waits`() throws {
        let throttle = LoginThrottle(now: clock.now)
        for person in 0..<500 {
            try throttle.admit([.password(user: "person\(person)"), .passwordAddress("a")]).succeeded()
        }
        #expect(throttle.count == 0)
        #expect(throttle.blockedCount == 0)
    }

    @Test func `a withdrawn try is as if it had not been`() throws {
        let throttle = LoginThrottle(now: clock.now)
        for _ in 0..<5 { _ = try throttle.admit([.password(user: "alice")]) }
        for _ in 0..<100 { try throttle.admit([.password(user: "alice"), .passwordAddress("a")]).withdrawn() }
        #expect(throttle.count == 1)
        _ = try throttle.admit([.password(user: "alice")])
        #expect(wait(throttle, [.password(user: "alice")]) == 1)
    }

    @Test func `taking back does not touch a row that was made since`() throws {
        let throttle = LoginThrottle(now: clock.now)
        let old = try throttle.admit([.passwordAddress("a")])
        clock.advance(.seconds(3_601))
        for _ in 0..<21 { _ = try throttle.admit([.passwordAddress("a")]) }
        old.succeeded()
        #expect(wait(throttle, [.passwordAddress("a")]) == 1)
    }

    @Test func `failures are forgotten after an hour without one`() throws {
        let throttle = LoginThrottle(now: clock.now)
        for _ in 0..<5 { _ = try throttle.admit([.password(user: "alice")]) }
        clock.advance(.seconds(3_599))
        _ = try throttle.admit([.password(user: "alice")])
        #expect(wait(throttle, [.password(user: "alice")]) == 1)
        clock.advance(.seconds(3_600))
        for _ in 0..<5 { _ = try throttle.admit([.password(user: "alice")]) }
        #expect(wait(throttle, [.password(user: "alice")]) == 0)
    }

    @Test func `ten thousand wrong passwords take a hundred days`() throws {
        let throttle = LoginThrottle(now: clock.now)
        let start = clock.now()
        for _ in 0..<10_000 {
            clock.advance(.seconds(wait(throttle, [.password(user: "alice"), .passwordAddress("a")])))
            _ = try throttle.admit([.password(user: "alice"), .passwordAddress("a")])
        }
        #expect(start.duration(to: clock.now()) > .seconds(100 * 86_400))
    }

    @Test func `a thousand tries at the same time do not all pass`() async {
        let throttle = LoginThrottle(now: clock.now)
        let passed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<1_000 {
                group.addTask {
                    // Whoever is sent away counts as none.
                    (try? throttle.admit([.password(user: "alice"), .passwordAddress("a")])) == nil ? 0 : 1
                }
            }
            return await group.reduce(0, +)
        }
        #expect(passed == 6)
    }

    @Test func `tries that settle at the same time leave nothing behind`() async {
        let throttle = LoginThrottle(now: clock.now)
        await withTaskGroup { group in
            for number in 0..<2_000 {
                group.addTask {
                    // Some are sent away, as twenty others are under way.
                    let attempt = try? throttle.admit([
                        .password(user: "user\(number % 7)"), .passwordAddress("a\(number % 3)"),
                    ])
                    if number.isMultiple(of: 2) { attempt?.succeeded() } else { attempt?.withdrawn() }
                }
            }
        }
        #expect(throttle.count == 0)
    }

    @Test func `the table is bounded, and what would be forgotten first makes room`() throws {
        var limits = ThrottleLimits()
        limits.bucketsMax = 100
        let throttle = LoginThrottle(limits: limits, now: clock.now)
        for _ in 0..<6 { _ = try throttle.admit([.password(user: "old")]) }
        for _ in 0..<6 { _ = try throttle.admit([.password(user: "fresh")]) }
        for number in 0..<98 { _ = try throttle.admit([.keyAddress("\(number)")]) }
        #expect(throttle.count == 100 && throttle.blockedCount == 2)
        clock.advance(.seconds(1))
        _ = try throttle.admit([.password(user: "fresh")])
        _ = try throttle.admit([.keyAddress("one more")])
        #expect(throttle.count == 100)
        #expect(wait(throttle, [.password(user: "fresh")]) == 2)
        #expect(wait(throttle, [.password(user: "old")]) == 0)
        for number in 0..<10_000 { _ = try throttle.admit([.keyAddress("x\(number)")]) }
        #expect(throttle.count == 100 && throttle.blockedCount == 0)
    }

    @Test func `the table holds 65,536 rows and empties itself`() throws {
        let throttle = LoginThrottle(now: clock.now)
        for number in 0..<70_000 { _ = try throttle.admit([.keyAddress("\(number)")]) }
        #expect(throttle.count == 65_536)
        clock.advance(.seconds(3_600))
        _ = try throttle.admit([.keyAddress("later")])
        #expect(throttle.count == 1)
    }

    @Test func `long names are cut and share a row`() throws {
        let throttle = LoginThrottle(now: clock.now)
        for number in 0..<6 { _ = try throttle.admit([.password(user: String(repeating: "x", count: 255 + number))]) }
        #expect(throttle.count == 1)
        #expect(throttle.blockedCount == 1)
    }

    @Test func `delays stay within their bounds for any number of failures`() {
        let limits = ThrottleLimits()
        #expect(limits.delay(after: 0, free: 5) == .zero && limits.delay(after: 5, free: 5) == .zero)
        var last = Duration.zero
        for failures in 6..<2_000 {
            let delay = limits.delay(after: failures, free: 5)
            #expect(delay >= last && delay >= .seconds(1) && delay <= .seconds(900))
            last = delay
        }
        #expect(limits.delay(after: .max, free: 0) == .seconds(900))
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("192.0.2.1:4711", "192.0.2.1"), ("127.0.0.1", "127.0.0.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("[::ffff:192.0.2.1]:80", "192.0.2.1"), ("::ffff:c000:201", "192.0.2.1"),
        ("64:ff9b::192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"), ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"), ("fe80::1%2", "fe80::/64"), ("::1", "::/64"), ("", "local"),
        ("unix:/run/gantry.sock", "local"), ("/run/gantry.sock", "local"), ("@gantry", "local"), ("1.2.3", "other"),
        ("example.org", "other"), ("192.0.2.01", "other"), ("\u{0}", "other"),
        (String(repeating: "1", count: 1_000_000), "other"),
    ])
    func `an address has its key`(text: String, key: String) {
        #expect(LoginThrottle.addressKey(text) == key)
    }

    /// The seconds that a try would have to wait; a try that is let in is taken back.
    private func wait(_ throttle: LoginThrottle, _ buckets: [LoginThrottle.Bucket]) -> Int64 {
        do throws(IdentityError) {
            try throttle.admit(buckets).withdrawn()
            return 0
        } catch {
            return error.retryAfter?.components.seconds ?? -1
        }
    }
}

/// A clock that stands still until it is told to go on.
private final class ThrottleClock: Sendable {
    private let time = Mutex(ContinuousClock.now)

    var now: @Sendable () -> ContinuousClock.Instant {
        { self.time.withLock { $0 } }
    }

    func advance(_ duration: Duration) {
        time.withLock { $0 = $0.advanced(by: duration) }
    }
}
