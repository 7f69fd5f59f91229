import GantryHTTP
import Testing

@testable import GantryServer

@Suite struct RequestMetricsTests {
    let metrics = RequestMetrics()

    private func lines(_ name: String) -> [String] {
        MetricFamily.text(metrics.families).split(separator: "\n").map(String.init).filter { $0.hasPrefix(name) }
    }

    @Test func `a duration counts in its bucket and all above`() {
        for milliseconds in [0, 1, 3, 10_000, 10_001] {
            metrics.began()
            metrics.ended(status: 200, after: .milliseconds(milliseconds))
        }
        #expect(
            lines("gantry_http_request_duration_seconds") == [
                #"gantry_http_request_duration_seconds_bucket{le="0.001"} 2"#,
                #"gantry_http_request_duration_seconds_bucket{le="0.002"} 2"#,
                #"gantry_http_request_duration_seconds_bucket{le="0.005"} 3"#,
                #"gantry_http_request_duration_seconds_bucket{le="0.01"} 3"#,
                #"gantry_http_request_duration_seconds_bucket{le="0.025"} 3"#,
                #"gantry_http_request_duration_seconds_bucket{le="0.05"} 3"#,
                #"gantry_http_request_duration_seconds_bucket{le="0.1"} 3"#,
                #"gantry_http_request_duration_seconds_bucket{le="0.25"} 3"#,
                #"gantry_http_request_duration_seconds_bucket{le="0.5"} 3"#,
                #"gantry_http_request_duration_seconds_bucket{le="1.0"} 3"#,
                #"gantry_http_request_duration_seconds_bucket{le="2.5"} 3"#,
                #"gantry_http_request_duration_seconds_bucket{le="5.0"} 3"#,
                #"gantry_http_request_duration_seconds_bucket{le="10.0"} 4"#,
                #"gantry_http_request_duration_seconds_bucket{le="+Inf"} 5"#,
                "gantry_http_request_duration_seconds_sum 20.005", "gantry_http_request_duration_seconds_count 5",
            ])
    }

    @Test func `statuses count by class`() {
        for status in [101, 200, 204, 304, 404, 500, 503, 599] {
            metrics.began()
            metrics.ended(status: status, after: .zero)
        }
        #expect(
            lines("gantry_http_requests_total") == [
                #"gantry_http_requests_total{class="1xx"} 1"#, #"gantry_http_requests_total{class="2xx"} 2"#,
                #"gantry_http_requests_total{class="3xx"} 1"#, #"gantry_http_requests_total{class="4xx"} 1"#,
                #"gantry_http_requests_total{class="5xx"} 3"#,
            ])
    }

    @Test func `a request is in flight between its ends`() {
        metrics.began()
        metrics.began()
        metrics.ended(status: 200, after: .zero)
        #expect(lines("gantry_http_requests_in_flight") == ["gantry_http_requests_in_flight 1"])
    }
}
