import Synchronization

/// Counts requests by status class and their durations by bucket. Owner of the counts: the atomics.
package final class RequestMetrics: Sendable {
    /// Upper bounds of the buckets, in milliseconds.
    static let boundsMs: [Int64] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000]

    private struct Counts {
        var byClass = [Int64](repeating: 0, count: 6)
        var byBucket = [Int64](repeating: 0, count: RequestMetrics.boundsMs.count + 1)
        var microseconds: Int64 = 0
    }

    private let counts = Mutex(Counts())
    private let inFlight = Atomic<Int64>(0)

    package init() {}

    package func began() { inFlight.add(1, ordering: .relaxed) }

    package func ended(status: Int, after duration: Duration) {
        inFlight.subtract(1, ordering: .relaxed)
        let components = duration.components
        let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        let bucket = Self.boundsMs.firstIndex { microseconds <= $0 * 1000 } ?? Self.boundsMs.count
        counts.withLock { counts in
            counts.byClass[(1...5).contains(status / 100) ? status / 100 : 0] += 1
            counts.byBucket[bucket] += 1
            counts.microseconds += microseconds
        }
    }

    package var families: [MetricFamily] {
        let now = counts.withLock { $0 }
        let classes = (1...5).map { index in
            MetricFamily.Sample(labels: [("class", "\(index)xx")], value: Double(now.byClass[index]))
        }
        return [
            MetricFamily(
                "gantry_http_requests_total", .counter, help: "Requests answered, by status class.", samples: classes),
            MetricFamily(
                "gantry_http_requests_in_flight", .gauge, help: "Requests being answered now.",
                Double(inFlight.load(ordering: .relaxed))),
            MetricFamily(
                "gantry_http_request_duration_seconds", .histogram,
                help: "Time from the request's head to the end of its handler.",
                samples: buckets(now)),
        ]
    }

    private func buckets(_ now: Counts) -> [MetricFamily.Sample] {
        var total: Int64 = 0
        var samples = zip(Self.boundsMs, now.byBucket).map { bound, count in
            total += count
            return MetricFamily.Sample(
                suffix: "_bucket", labels: [("le", String(Double(bound) / 1000))], value: Double(total))
        }
        total += now.byBucket[Self.boundsMs.count]
        samples.append(.init(suffix: "_bucket", labels: [("le", "+Inf")], value: Double(total)))
        samples.append(.init(suffix: "_sum", value: Double(now.microseconds) / 1_000_000))
        samples.append(.init(suffix: "_count", value: Double(total)))
        return samples
    }
}
