import GantryEventLoop

/// Looks after the server's own certificate once a day while the server runs. Owner of the timer: this actor, on its
/// loop.
actor CertificateWatch {
    /// Time between two looks; a certificate is renewed months before it ends.
    static let interval = Duration.seconds(86_400)

    private nonisolated let loop: Loop
    private let interval: Duration
    private let look: @Sendable () async -> Void
    private var timer: LoopTimer?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(
        on loop: Loop, every interval: Duration = CertificateWatch.interval,
        _ look: @escaping @Sendable () async -> Void
    ) {
        self.loop = loop
        self.interval = interval
        self.look = look
    }

    /// Looks after one interval for the first time: the start has just looked.
    func start() {
        guard timer == nil else { return }
        let look = look
        // Not on the loop: a look reads files.
        let timer = LoopTimer(on: loop) { Task { await look() } }
        timer.schedule(after: interval, repeating: interval)
        self.timer = timer
    }

    func stop() {
        timer?.close()
        timer = nil
    }
}
