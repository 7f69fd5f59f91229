import GantryEventLoop
import GantryLog

/// Tells the service manager how the server is doing; without a manager it tells nobody.
struct ServiceNotifier: Sendable {
    private let notifier: SystemdNotifier?
    private let logger: Logger

    init(environment: [String: String], logger: Logger) {
        self.logger = logger
        do throws(LoopError) {
            notifier = try SystemdNotifier(environment: environment)
        } catch {
            logger.warning("the service manager cannot be told anything", ["error": .string(error.description)])
            notifier = nil
        }
    }

    func send(_ state: SystemdNotifier.State) {
        do throws(LoopError) {
            try notifier?.send(state)
        } catch {
            logger.warning("the service manager was not told", ["error": .string(error.description)])
        }
    }
}
