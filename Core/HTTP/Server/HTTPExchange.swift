/// The request that a connection is answering, and the people who wait for its parts. Owned by its connection alone.
final class HTTPExchange {
    let head: HTTPRequestHead
    let plan: HTTPApplication.Plan
    let startedAt: Int64
    /// How long the handler may take, in milliseconds.
    let handlerTime: Int64
    /// What has arrived of the body and nobody has read yet.
    var body: [[UInt8]] = []
    var bodyCount = 0
    /// Whether the request has arrived completely.
    var isReceived = false
    /// Why the rest of the body will not come.
    var bodyFailure: Problem?
    var bodyWaiter: CheckedContinuation<Void, Never>?
    var drainWaiter: CheckedContinuation<Void, Never>?
    var task: Task<Void, Never>?
    var isDispatched = false
    /// Whether `100 Continue` is still owed.
    var owesContinue: Bool
    var reply = Reply.none
    /// Whether the handler has been told to stop.
    var isCancelled = false

    /// How far the reply is.
    enum Reply: Equatable {
        case none
        /// A body of so many more bytes is being written.
        case length(left: Int)
        case chunked
        case untilClose
        /// The body is for a HEAD request or a status without body: it is dropped.
        case dropped
        /// An event stream, chunked or not.
        case events(chunked: Bool)
    }

    init(head: HTTPRequestHead, plan: HTTPApplication.Plan, startedAt: Int64, handlerTime: Int64) {
        self.head = head
        self.plan = plan
        self.startedAt = startedAt
        self.handlerTime = handlerTime
        owesContinue = head.expectsContinue
    }

    func addBody(_ chunk: [UInt8]) {
        bodyCount += chunk.count
        body.append(chunk)
    }

    /// Everything that has arrived, as one chunk.
    func takeBody() -> [UInt8] {
        defer {
            body = []
            bodyCount = 0
        }
        if body.count == 1 { return body[0] }
        var whole: [UInt8] = []
        whole.reserveCapacity(bodyCount)
        for part in body { whole.append(contentsOf: part) }
        return whole
    }

    func wakeBody() {
        guard let waiter = bodyWaiter else { return }
        bodyWaiter = nil
        waiter.resume()
    }

    func wakeDrain() {
        guard let waiter = drainWaiter else { return }
        drainWaiter = nil
        waiter.resume()
    }
}
