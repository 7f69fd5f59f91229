import Testing

@testable import GantryServer

@Suite struct MetricFamilyTests {
    @Test func `families are written in Prometheus' text format`() {
        let families = [
            MetricFamily("jobs_total", .counter, help: "All jobs.", 3),
            MetricFamily(
                "wait_seconds", .histogram, help: "How long\na \"job\" waits \\ now.",
                samples: [
                    .init(suffix: "_bucket", labels: [("le", "0.5"), ("queue", "a\\b\"c\nd")], value: 2),
                    .init(suffix: "_bucket", labels: [("le", "+Inf")], value: 2), .init(suffix: "_sum", value: 0.25),
                ]),
            MetricFamily("empty", .gauge, help: "No sample.", samples: []),
        ]
        #expect(
            MetricFamily.text(families) == #"""
                # HELP jobs_total All jobs.
                # TYPE jobs_total counter
                jobs_total 3
                # HELP wait_seconds How long\na "job" waits \\ now.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{le="0.5",queue="a\\b\"c\nd"} 2
                wait_seconds_bucket{le="+Inf"} 2
                wait_seconds_sum 0.25
                # HELP empty No sample.
                # TYPE empty gauge

                """#)
    }

    @Test(
        arguments: [
            (0, "0"), (-1, "-1"), (0.1, "0.1"), (1e15, "1000000000000000.0"), (1e21, "1e+21"),
            (9_007_199_254, "9007199254"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"), (.nan, "NaN"),
        ] as [(Double, String)])
    func `numbers are written as the format wants them`(value: Double, text: String) {
        #expect(MetricFamily.text([MetricFamily("x", .gauge, help: "", value)]).hasSuffix("\nx \(text)\n"))
    }
}
