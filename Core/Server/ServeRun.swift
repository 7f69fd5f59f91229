import GantryBytes
import GantryClient
import GantryCommandLine
import GantryConfig
import GantryEventLoop
import GantryLog
import GantryPluginHost
import Glibc

/// One run of the server, from the first log line to the last.
struct ServeRun: Sendable {
    let configuration: LoadedConfiguration
    let registry: PluginRegistry
    let environment: [String: String]
    let readyFile: String?
    let resetsAdministrator: Bool
    let tell: @Sendable (String) -> Void

    func run() async throws -> ExitCode {
        let sink = try makeSink()
        let redactor = Redactor()
        for secret in configuration.secrets { _ = redactor.register(secret.reveal()) }
        let logger = Logger(sink: sink, level: configuration.server.log.level, redactor: redactor)
        ProcessFigures.raiseDescriptorLimit()
        let loops: LoopGroup
        do throws(LoopError) {
            loops = try LoopGroup(name: "loop", count: configuration.server.loops)
        } catch {
            throw CommandError("cannot start the event loops: \(error)", exitCode: .unavailable)
        }
        var surroundings = Server.Surroundings(
            registry: registry, environment: environment, logger: logger, redactor: redactor,
            version: GantryVersion.current, now: UnixTime.now, droppedLogLines: { sink.droppedLines },
            tell: tell)
        surroundings.resetsAdministrator = resetsAdministrator
        do throws(StartError) {
            try await serve(surroundings, sink, loops)
            await loops.shutDown()
            return .ok
        } catch {
            await loops.shutDown()
            throw CommandError(error.message, details: error.details, exitCode: error.exitCode)
        }
    }

    private func makeSink() throws -> FileLogSink {
        let log = configuration.server.log
        guard !log.file.isEmpty else { return FileLogSink(descriptor: STDERR_FILENO, format: log.format) }
        do throws(LogError) {
            return try FileLogSink(path: log.file, format: log.format)
        } catch {
            throw CommandError("cannot write the log: \(error)", hint: "set log.file", exitCode: .cannotCreate)
        }
    }

    private func serve(_ surroundings: Server.Surroundings, _ sink: FileLogSink, _ loops: LoopGroup)
        async throws(StartError)
    {
        let logger = surroundings.logger
        let notifier = ServiceNotifier(environment: environment, logger: logger)
        let signals = try await ServeSignals.watch(on: loops)
        let server = try await makeServer(surroundings, loops)
        let url = try await server.start()
        if let readyFile, let failure = SystemText.replaceFile(readyFile, with: url + "\n") {
            await server.stop(grace: .zero)
            throw StartError(.folder, "cannot write \(readyFile): \(failure)")
        }
        logger.info(
            "listening",
            ["url": .string(url), "version": .string(surroundings.version), "pid": LogValue(getpid())])
        notifier.send(.ready)
        let number = await answer(signals, server, notifier, sink, logger)
        logger.notice("stopping", ["signal": LogValue(number)])
        notifier.send(.stopping)
        if let readyFile { SystemText.remove(readyFile) }
        await server.stop()
        await signals.close()
        logger.info("stopped")
    }

    /// Takes the data folder. While another server has it, the ready file may be that one's and stays.
    private func makeServer(_ surroundings: Server.Surroundings, _ loops: LoopGroup) async throws(StartError) -> Server
    {
        do throws(StartError) {
            let server = try await Server(configuration, surroundings, loops: loops)
            if let readyFile { SystemText.remove(readyFile) }
            return server
        } catch {
            if let readyFile, error.code != .busy { SystemText.remove(readyFile) }
            throw error
        }
    }

    /// Does what the signals ask for until one asks to stop; gives that one's number.
    private func answer(
        _ signals: ServeSignals, _ server: Server, _ notifier: ServiceNotifier, _ sink: FileLogSink, _ logger: Logger
    ) async -> Int32 {
        let reloads = ReloadQueue { await reload(server, notifier, logger) }
        while true {
            switch await signals.next() {
            // Not awaited: a stop must not wait for the plugins that a reload starts and drains.
            case .reload: reloads.request()
            case .reopenLog: reopen(sink, logger)
            case .stop(let number): return number
            }
        }
    }

    private func reload(_ server: Server, _ notifier: ServiceNotifier, _ logger: Logger) async {
        notifier.send(.reloading)
        do throws(StartError) {
            try await server.reload()
            logger.notice("configuration reloaded")
        } catch {
            var fields: LogFields = ["error": .string(error.message)]
            if !error.details.isEmpty { fields["problems"] = .list(error.details.map { .string($0) }) }
            logger.error("the old configuration stays in force", fields)
        }
        notifier.send(.ready)
    }

    private func reopen(_ sink: FileLogSink, _ logger: Logger) {
        do throws(LogError) {
            try sink.reopen()
            logger.info("log reopened")
        } catch {
            logger.error("the log cannot be opened again: writing goes on as before", ["error": .string("\(error)")])
        }
    }
}

extension StartError {
    /// What the shell is told.
    var exitCode: ExitCode {
        switch code {
        case .configuration, .certificate, .plugin, .identity: .configuration
        case .folder: .cannotCreate
        case .busy: .temporary
        case .newerData: .badData
        case .storage: .inputOutput
        default: .unavailable
        }
    }
}
