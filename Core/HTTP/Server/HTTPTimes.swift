import GantryBytes

/// The times of the limits in milliseconds: converting a duration on each request would cost more than parsing its
/// line.
struct HTTPTimes {
    let head: Int64
    let bodyIdle: Int64
    let bodyRateWindow: Int64
    let keepAlive: Int64
    let writeStall: Int64
    let linger: Int64
    let halfClosed: Int64
    let handler: Int64
    let eventHeartbeat: Int64

    init(_ limits: HTTPLimits) {
        head = limits.headTime.wholeMilliseconds
        bodyIdle = limits.bodyIdleTime.wholeMilliseconds
        bodyRateWindow = limits.bodyRateWindow.wholeMilliseconds
        keepAlive = limits.keepAliveTime.wholeMilliseconds
        writeStall = limits.writeStallTime.wholeMilliseconds
        linger = limits.lingerTime.wholeMilliseconds
        halfClosed = limits.halfClosedTime.wholeMilliseconds
        handler = limits.handlerTime.wholeMilliseconds
        eventHeartbeat = limits.eventHeartbeat.wholeMilliseconds
    }
}
