import GantryEventLoop
import GantryLog
import Glibc

/// Looks after the data folder while the server runs: a full disk or a folder that became read-only makes the server
/// refuse new work, and it goes on by itself when that has passed. Owner of the timer: this actor, on its loop.
actor FolderWatch {
    /// Time between two looks.
    static let interval = Duration.seconds(2)

    private nonisolated let loop: Loop
    private let folder: DataFolder
    private let freeBytesMin: UInt64
    private let health: Health
    private let logger: Logger
    private var timer: LoopTimer?
    private var isLooking = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(_ folder: DataFolder, freeBytesMin: UInt64, on loop: Loop, health: Health, logger: Logger) {
        self.folder = folder
        self.freeBytesMin = freeBytesMin
        self.loop = loop
        self.health = health
        self.logger = logger
    }

    /// Looks once, and from then on every `interval`.
    func start() async {
        await look()
        let timer = LoopTimer(on: loop) { [weak self] in
            self?.assumeIsolated { watch in
                _ = Task.immediate(executorPreference: watch.loop) { await watch.look() }
            }
        }
        timer.schedule(after: Self.interval, repeating: Self.interval)
        self.timer = timer
    }

    func stop() {
        timer?.close()
        timer = nil
    }

    /// A look takes as long as the disk does; until it has come back there is no other.
    private func look() async {
        guard !isLooking else { return }
        isLooking = true
        defer { isLooking = false }
        let (folder, freeBytesMin) = (folder, freeBytesMin)
        let found: String?
        do {
            found = try await loop.offload("look at folder") {
                Self.fault(of: folder.path, freeBytesMin) ?? Self.replacement(of: folder)
            }
        } catch {
            return  // The pool has no room for it, or the loop ends: the next look tells, if there is one.
        }
        guard health.report(.dataFolder, found) else { return }
        if let found {
            logger.error("no new work is taken", ["reason": .string(found)])
        } else {
            logger.notice("new work is taken again: the data folder can be written")
        }
    }

    /// Tells that what is at the folder's path is not the folder that this server has locked. Blocks.
    static func replacement(of folder: DataFolder) -> String? {
        folder.isInPlace ? nil : "the data folder \(folder.path) was replaced while the server ran: restart the server"
    }

    /// What keeps the folder from being written, if anything does. Blocks.
    static func fault(of folder: String, _ freeBytesMin: UInt64) -> String? {
        guard unsafe access(folder, W_OK | X_OK) == 0 else {
            return "the data folder \(folder) cannot be written: \(SystemText.error(errno))"
        }
        var figures = statvfs()
        guard unsafe statvfs(folder, &figures) == 0 else {
            return "the data folder \(folder) cannot be looked at: \(SystemText.error(errno))"
        }
        let free = UInt64(figures.f_bavail) * UInt64(figures.f_frsize)
        guard free >= freeBytesMin else {
            return "the disk of the data folder \(folder) is full: less than \(freeBytesMin >> 20) MiB are free"
        }
        return figures.f_favail == 0 && figures.f_files > 0
            ? "the disk of the data folder \(folder) is full: no more files can be made" : nil
    }
}
