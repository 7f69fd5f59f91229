/// Where events go. A sink is called from any thread, keeps the order of one thread's calls, and never fails its caller.
package protocol LogSink: Sendable {
    func write(_ event: LogEvent)
}
