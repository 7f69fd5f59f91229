import GantryCrypto
import TestSupport
import Testing

@testable import GantryIdentity

@Suite struct CallerCacheTests {
    private let life = CallerCache.Life(usedAt: 0, idleTime: nil, expiresAt: nil)

    private func hash(_ number: Int) -> TokenHash { TokenHash(Digest.sha256(Array("\(number)".utf8))) }

    private func remember(_ number: Int, of user: String, in cache: CallerCache) {
        let caller = Caller(userID: user, userName: user, proof: .session(id: "\(number)"), grants: [])
        cache.remember(caller, life, hash(number), mark: cache.mark, now: 0)
    }

    @Test func `as many callers as the memory has room for stay in it`() {
        let cache = CallerCache(callersMax: 1000)
        for number in 0..<1000 { remember(number, of: "u\(number % 10)", in: cache) }
        var random = SeededRandom(seed: 1)
        for _ in 0..<5000 {
            let number = Int.random(in: 0..<1000, using: &random)
            #expect(cache.caller(hash(number), now: 0)?.userID == "u\(number % 10)")
        }
        #expect(cache.count == 1000)
    }

    @Test func `one caller makes room for one, and it is one that nobody uses`() {
        let cache = CallerCache(callersMax: 50)
        for number in 0..<1000 {
            remember(number, of: "u\(number)", in: cache)
            for used in 0..<min(20, number) { #expect(cache.caller(hash(used), now: 0) != nil, "\(used) of \(number)") }
            #expect(cache.count == min(50, number + 1))
        }
    }

    @Test(arguments: 1...20) func `whoever is forgotten is gone, and nobody else`(seed: UInt64) {
        let cache = CallerCache(callersMax: 200)
        var random = SeededRandom(seed: seed)
        var owners: [Int: String] = [:]
        for _ in 0..<400 {
            let user = "u\(Int.random(in: 0..<12, using: &random))"
            if Int.random(in: 0..<8, using: &random) == 0 {
                cache.forget(Touched(userIDs: [user]))
                owners = owners.filter { $0.value != user }
            } else {
                let number = Int.random(in: 0..<150, using: &random)
                remember(number, of: user, in: cache)
                owners[number] = user
            }
            #expect(cache.count == owners.count)
        }
        for number in 0..<150 { #expect(cache.caller(hash(number), now: 0)?.userID == owners[number]) }
        cache.forgetAll()
        #expect(cache.count == 0)
    }
}
