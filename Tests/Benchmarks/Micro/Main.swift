import Glibc

/// What needs no server, and loads that no common tool makes; one JSON line a round.
@main
struct Main {
    private static let usage = """
        usage: gantry-bench storage ROUNDS SECONDS | cipher SECONDS | identity …
          identity fill FOLDER USERS SESSIONS             makes a data folder
          identity checks FOLDER SESSIONS SECONDS         cached checks
          identity store FOLDER SESSIONS FOLDER SESSIONS ROUND SECONDS
          identity hash SECONDS                           the bare password hash on two threads
          identity users PORT PASSWORD                    makes users on a server, prints a token
          identity logins PORT password|key SECONDS
        """

    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        switch words.first {
        case "storage":
            let folder = try makeFolder()
            defer { unsafe rmdir(folder) }
            let benchmark = StorageBenchmark(folder: folder, seconds: number(words, 2, default: 2))
            for round in 0..<Int(number(words, 1, default: 3)) {
                for line in try await benchmark.lines(round: round) { print(line.text) }
            }
        case "cipher":
            print(try CipherBenchmark(seconds: number(words, 1, default: 2)).line().text)
        case "identity" where words.count > 2:
            for line in try await identityLines(words) { print(line.text) }
        default:
            print(usage)
            exit(64)
        }
    }

    private static func identityLines(_ words: [String]) async throws -> [BenchmarkLine] {
        let benchmark = IdentityBenchmark(seconds: Double(words.last ?? "") ?? 2)
        let port = UInt16(number(words, 2, default: 0))
        switch words[1] {
        case "fill":
            let store = try await BenchmarkStore.open(words[2])
            try await store.fill(
                users: Int(number(words, 3, default: 1000)), sessions: Int(number(words, 4, default: 10_000)))
            await store.close()
            return []
        case "checks": return try await benchmark.checkLines(words[2], sessions: Int(number(words, 3, default: 10_000)))
        case "store" where words.count > 6:
            return try await benchmark.storeLines(
                (words[2], Int(number(words, 3, default: 0))), (words[4], Int(number(words, 5, default: 0))),
                round: Int(number(words, 6, default: 0)))
        case "hash": return try await benchmark.hashLines()
        case "users" where words.count > 3:
            print(try LoginLoad.makeUsers(port: port, administrator: words[3]))
            return []
        case "logins" where words.count > 3:
            guard let proof = LoginLoad.Proof(rawValue: words[3]) else { fallthrough }
            return try LoginLoad(port: port).lines(proof, seconds: benchmark.seconds)
        default:
            print(usage)
            exit(64)
        }
    }

    private static func number(_ words: [String], _ index: Int, default value: Double) -> Double {
        words.count > index ? Double(words[index]) ?? value : value
    }

    /// In the current folder, because the system's temporary one may be in memory.
    private static func makeFolder() throws -> String {
        var template = Array("bench-XXXXXX".utf8CString)
        guard let path = unsafe mkdtemp(&template) else { throw BenchmarkError.noFolder }
        return unsafe String(cString: path)
    }
}
