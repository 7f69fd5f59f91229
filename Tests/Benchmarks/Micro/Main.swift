import Glibc

/// What needs no server: `gantry-bench storage ROUNDS SECONDS`, `gantry-bench cipher SECONDS`; one JSON line a round.
@main
struct Main {
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
        default:
            print("usage: gantry-bench storage ROUNDS SECONDS | cipher SECONDS")
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

    private enum BenchmarkError: Error {
        case noFolder
    }
}
