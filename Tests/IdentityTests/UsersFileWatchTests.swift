import GantryLog
import GantryStorage
import Glibc
import Testing

@testable import GantryIdentity

/// Looks are made by hand here, so that no test waits for a timer.
@Suite(.timeLimit(.minutes(1))) struct UsersFileWatchTests {
    typealias User = UsersFileFixture.User

    @Test func `an edit takes effect at the next look`() async throws {
        try await UsersFileFixture.with { fixture in
            try fixture.write(UsersFileFixture.text([User("alice")]))
            let watch = fixture.watch()
            await watch.look(isStart: true)
            #expect(try await fixture.users() == ["alice"])
            try fixture.write(UsersFileFixture.text([User("alice"), User("bob")]))
            await watch.look()
            #expect(try await fixture.users() == ["alice", "bob"])
            #expect(fixture.sink.messages == ["users file taken", "users file taken"])
        }
    }

    @Test func `an edit within one tick of the file system's clock is seen`() async throws {
        try await UsersFileFixture.with { fixture in
            let watch = fixture.watch()
            var times = [timespec(tv_sec: 0, tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: 0)]
            unsafe clock_gettime(CLOCK_REALTIME, &times[0])
            times[1] = times[0]
            for name in ["alice", "bobby"] {
                try fixture.write(UsersFileFixture.text([User(name)]))
                #expect(unsafe utimensat(AT_FDCWD, fixture.path, times, 0) == 0)
                await watch.look()
            }
            #expect(try await fixture.users() == ["alice disabled: no longer in the users file", "bobby"])
        }
    }

    @Test func `a file that has not changed for a while is not read again`() async throws {
        try await UsersFileFixture.with { fixture in
            try fixture.write(UsersFileFixture.text([User("alice")]))
            var times = [timespec(tv_sec: 1_000_000, tv_nsec: 5), timespec(tv_sec: 1_000_000, tv_nsec: 5)]
            #expect(unsafe utimensat(AT_FDCWD, fixture.path, times, 0) == 0)
            guard case .bytes(_, let mark?, let canOthersRead) = UsersFileSource.look(at: fixture.path, unless: nil)
            else {
                Issue.record("an old file is settled")
                return
            }
            #expect(!canOthersRead)
            guard case .same = UsersFileSource.look(at: fixture.path, unless: mark) else {
                Issue.record("the mark is known")
                return
            }
            times[1].tv_nsec = 6
            #expect(unsafe utimensat(AT_FDCWD, fixture.path, times, 0) == 0)
            guard case .bytes = UsersFileSource.look(at: fixture.path, unless: mark) else {
                Issue.record("another time is another file")
                return
            }
        }
    }

    @Test func `a broken edit keeps the users, and is told once with its place`() async throws {
        try await UsersFileFixture.with { fixture in
            let good = UsersFileFixture.text([User("alice"), User("bob")])
            try fixture.write(good)
            let watch = fixture.watch()
            await watch.look(isStart: true)
            fixture.sink.clear()
            try fixture.write(String(good.dropLast(40)))
            await watch.look()
            // It may be half-written.
            #expect(fixture.sink.messages == [])
            for _ in 0..<3 { await watch.look() }
            #expect(fixture.sink.messages == ["the users file is not taken: the users stay as they are"])
            let line = try #require(fixture.sink.lines().first)
            #expect(line.contains("2:"))
            #expect(!line.contains(User("bob").hash.prefix(16)))
            #expect(await watch.fault != nil)
            #expect(try await fixture.users() == ["alice", "bob"])
            try fixture.write("[")
            await watch.look()
            await watch.look()
            #expect(fixture.sink.messages.count == 2)
            fixture.sink.clear()
            try fixture.write(good)
            await watch.look()
            #expect(fixture.sink.messages == ["the users file is in order again"])
            #expect(await watch.fault == nil)
        }
    }

    @Test func `a file that is replaced by a whole one in between is never told of`() async throws {
        try await UsersFileFixture.with { fixture in
            try fixture.write(UsersFileFixture.text([User("alice")]))
            let watch = fixture.watch()
            await watch.look(isStart: true)
            fixture.sink.clear()
            try fixture.write("")
            await watch.look()
            try fixture.write(UsersFileFixture.text([User("alice", "new")]))
            await watch.look()
            #expect(unsafe unlink(fixture.path) == 0)
            await watch.look()
            try fixture.write(UsersFileFixture.text([User("alice", "newer")]))
            await watch.look()
            #expect(fixture.sink.messages == ["users file taken", "users file taken"])
        }
    }

    @Test func `a file that was removed leaves the users, with one warning`() async throws {
        try await UsersFileFixture.with { fixture in
            try fixture.write(UsersFileFixture.text([User("alice")]))
            let watch = fixture.watch(isNamed: false)
            await watch.look(isStart: true)
            fixture.sink.clear()
            #expect(unsafe unlink(fixture.path) == 0)
            for _ in 0..<4 { await watch.look() }
            #expect(fixture.sink.messages == ["the users file was removed: the users stay as they are"])
            #expect(fixture.sink.events.map(\.level) == [.warning])
            #expect(try await fixture.users() == ["alice"])
            try fixture.write(UsersFileFixture.text([User("bob")]))
            await watch.look()
            #expect(try await fixture.users() == ["alice disabled: no longer in the users file", "bob"])
        }
    }

    @Test(arguments: [true, false]) func `a missing file is told when the configuration names it`(isNamed: Bool)
        async throws
    {
        try await UsersFileFixture.with { fixture in
            let watch = fixture.watch(isNamed: isNamed)
            await watch.look(isStart: true)
            for _ in 0..<3 { await watch.look() }
            #expect(
                fixture.sink.messages == (isNamed ? ["there is no users file: the users stay as they are"] : []))
            try fixture.write(UsersFileFixture.text([User("alice")]))
            await watch.look()
            #expect(try await fixture.users() == ["alice"])
        }
    }

    @Test func `what is no file, is too long or is open to others is told`() async throws {
        try await UsersFileFixture.with { fixture in
            let watch = fixture.watch()
            #expect(unsafe mkfifo(fixture.path, 0o600) == 0)
            await watch.look(isStart: true)
            #expect(fixture.sink.lines().first?.contains("it is not a file") == true)
            #expect(unsafe unlink(fixture.path) == 0)
            try fixture.write("x")
            #expect(unsafe truncate(fixture.path, 20 << 20) == 0)
            await watch.look()
            await watch.look()
            #expect(fixture.sink.lines().last?.contains("it has more than 16 MiB") == true)
            fixture.sink.clear()
            try fixture.write(UsersFileFixture.text([User("alice")]))
            #expect(unsafe chmod(fixture.path, 0o644) == 0)
            for _ in 0..<3 { await watch.look() }
            #expect(fixture.sink.messages.filter { $0.contains("can be read by others") }.count == 1)
        }
    }

    @Test func `a store that fails is tried again at each look`() async throws {
        try await UsersFileFixture.with { fixture in
            try fixture.write(UsersFileFixture.text([User("alice")]))
            let watch = fixture.watch()
            try await fixture.changeStore(SQL("ALTER TABLE identity_user_grant RENAME TO away"))
            await watch.look(isStart: true)
            await watch.look()
            #expect(fixture.sink.messages == ["the users file was not taken over, it will be tried again"])
            try await fixture.changeStore(SQL("ALTER TABLE away RENAME TO identity_user_grant"))
            await watch.look()
            #expect(fixture.sink.messages.suffix(2) == ["the users file is in order again", "users file taken"])
            #expect(try await fixture.users() == ["alice"])
        }
    }

    @Test func `the timer looks by itself until it is stopped`() async throws {
        try await UsersFileFixture.with { fixture in
            let watch = fixture.watch(isNamed: false)
            await watch.start()
            try fixture.write(UsersFileFixture.text([User("alice")]))
            while try await fixture.users() != ["alice"] { await Task.yield() }
            await watch.stop()
            try fixture.write(UsersFileFixture.text([User("bob")]))
            await watch.look()
            #expect(try await fixture.users() == ["alice"])
        }
    }
}
