import GantryCrypto
package import GantryEventLoop
package import GantryLog

/// Takes the users file over when the server starts, and whenever it has changed. A broken or missing file leaves the
/// users as they are. Owner of the timer and of all that is known of the file: this actor, on its loop.
package actor UsersFileWatch {
    /// Time between two looks.
    package static let interval = Duration.seconds(1)

    private nonisolated let loop: Loop
    private let path: String
    private let isNamed: Bool
    private let importer: UsersFileImport
    private let logger: Logger
    private var timer: LoopTimer?
    private var isLooking = false
    private var isStopped = false
    private var mark: UsersFileSource.Mark?
    /// Of the content that was judged last.
    private var digest: [UInt8]?
    private var hasBeenThere = false
    private var hasToldOfMode = false
    private var told: Fault?
    private var suspected: Fault?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// `isNamed` says that the configuration names the file, so that it should be there.
    package init(
        _ path: String, isNamed: Bool, importer: UsersFileImport, on loop: Loop, logger: Logger
    ) {
        self.path = path
        self.isNamed = isNamed
        self.importer = importer
        self.loop = loop
        self.logger = logger.with(["users_file": .string(path)])
    }

    /// Why the users are not those of the file, if they are not.
    package var fault: String? { told?.reasons.joined(separator: "; ") }

    /// Takes the file over, and looks at it every `interval` from then on.
    package func start() async {
        await look(isStart: true)
        let timer = LoopTimer(on: loop) { [weak self] in
            self?.assumeIsolated { watch in
                _ = Task.immediate(executorPreference: watch.loop) { await watch.look() }
            }
        }
        timer.schedule(after: Self.interval, repeating: Self.interval)
        self.timer = timer
    }

    package func stop() {
        isStopped = true
        timer?.close()
        timer = nil
    }

    /// One look; while one is under way there is no other.
    package func look(isStart: Bool = false) async {
        guard !isLooking, !isStopped else { return }
        isLooking = true
        defer { isLooking = false }
        let (path, mark) = (path, mark)
        let sight: UsersFileSource.Sight
        do {
            sight = try await loop.offload("look at users file") { UsersFileSource.look(at: path, unless: mark) }
        } catch {
            return  // The pool has no room for it, or the loop ends: the next look tells, if there is one.
        }
        switch sight {
        case .same: confirm()
        case .missing: miss(isStart)
        case .unreadable(let reason):
            forget()
            suspect(Fault("the users file cannot be read: the users stay as they are", [reason]), isStart)
        case .bytes(let bytes, let mark, let canOthersRead):
            hasBeenThere = true
            if canOthersRead { tellOfMode() }
            await judge(bytes, mark, isStart)
        }
    }

    /// The file is not there; nobody wonders when it never was and nobody asked for it.
    private func miss(_ isStart: Bool) {
        forget()
        if hasBeenThere {
            suspect(Fault("the users file was removed: the users stay as they are", [], .warning), isStart)
        } else if isNamed {
            suspect(Fault("there is no users file: the users stay as they are", [], .warning), isStart)
        }
    }

    /// The next file is a new one, whatever it looks like.
    private func forget() {
        mark = nil
        digest = nil
    }

    private func judge(_ bytes: [UInt8], _ mark: UsersFileSource.Mark?, _ isStart: Bool) async {
        let seen: [UInt8]
        let content: UsersFileContent
        let known = digest
        do {
            let judged: ([UInt8], UsersFileContent)? = try await loop.offload("read users file") {
                let seen = Digest.sha256(bytes)
                return seen == known ? nil : (seen, UsersFileReader.read(bytes))
            }
            guard let judged else {
                self.mark = mark
                return confirm()
            }
            (seen, content) = judged
        } catch {
            return  // As in `look`.
        }
        do {
            let report = try await importer.apply(content, path: path)
            self.mark = mark
            digest = seen
            tell(of: content, report, isStart)
        } catch {
            // An import that a stopping server cut short goes on at the next start.
            if isStopped { return }
            // Neither mark nor digest is kept, so that the next look tries again.
            suspect(Fault("the users file was not taken over, it will be tried again", ["\(error)"]), true)
        }
    }

    private func tell(of content: UsersFileContent, _ report: UsersFileReport?, _ isStart: Bool) {
        if !content.problems.isEmpty {
            let message =
                report == nil
                ? "the users file is not taken: the users stay as they are"
                : "the users file is taken in part, because none was before: some users are missing"
            suspect(Fault(message, content.problems.lines), isStart)
        } else {
            suspected = nil
            if told != nil { logger.notice("the users file is in order again") }
            told = nil
        }
        guard let report else { return }
        var warnings = content.warnings.lines
        if report.ignored > 0 {
            let names = report.ignoredNames.joined(separator: ", ")
            warnings.append("\(report.ignored) users were made by hand, and stay so: \(names)")
        }
        if !warnings.isEmpty {
            logger.warning("parts of the users file are left out", ["warnings": .list(warnings.map { .string($0) })])
        }
        guard report.hasChanges else { return }
        logger.notice(
            "users file taken",
            [
                "listed": .int(report.listed), "added": .int(report.added), "changed": .int(report.changed),
                "disabled": .int(report.disabled), "enabled": .int(report.enabled),
            ])
    }

    private func tellOfMode() {
        guard !hasToldOfMode else { return }
        hasToldOfMode = true
        logger.warning("the users file can be read by others: each hash in it is as good as a password (chmod 600)")
    }

    // MARK: - Faults

    private struct Fault: Equatable {
        let message: String
        let reasons: [String]
        let level: LogLevel

        init(_ message: String, _ reasons: [String], _ level: LogLevel = .error) {
            self.message = message
            self.reasons = reasons
            self.level = level
        }
    }

    /// An editor may be in the middle of its work: while the server runs, a fault is told when the next look finds it
    /// too. Each is told once.
    private func suspect(_ fault: Fault, _ isCertain: Bool) {
        guard isCertain || suspected == fault else {
            suspected = fault
            return
        }
        suspected = nil
        guard told != fault else { return }
        told = fault
        logger.log(
            fault.level, fault.message,
            fault.reasons.isEmpty ? [:] : ["reasons": .list(fault.reasons.map { .string($0) })])
    }

    /// The file is as it was at the last look.
    private func confirm() {
        if let suspected { suspect(suspected, true) }
    }
}
