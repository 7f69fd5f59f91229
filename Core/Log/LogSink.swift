/// Where events go. A sink is called from any thread, keeps the order of a thread's calls, never fails its caller.
package protocol LogSink: Sendable {
    func write(_ event: LogEvent)
}
