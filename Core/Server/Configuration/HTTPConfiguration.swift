package import GantryConfig
import GantryHTTP

/// The `http` section.
package struct HTTPConfiguration: Sendable, Equatable {
    package var headKilobytesMax: Int
    package var fieldsMax: Int
    package var bodyKilobytesMax: Int
    package var requestSeconds: Int
    package var gzip: Bool

    package init(section: inout ConfigSection) {
        headKilobytesMax = section.integer(
            "head_kilobytes_max", default: 32, in: 4...1024, help: "The longest request line and fields together.")
        fieldsMax = section.integer(
            "fields_max", default: 100, in: 10...10_000, help: "The most fields of one request.")
        bodyKilobytesMax = section.integer(
            "body_kilobytes_max", default: 1024, in: 1...1_048_576,
            help: "The longest body, where a route sets no limit of its own.")
        requestSeconds = section.integer(
            "request_seconds_max", default: 300, in: 1...86_400,
            help: "The longest work on one request, where a route sets no limit of its own.")
        gzip = section.bool("gzip", default: true, help: "Compress replies for clients that accept it.")
    }
}

extension ServerConfiguration {
    var httpLimits: HTTPLimits {
        var limits = HTTPLimits()
        limits.headBytes = http.headKilobytesMax << 10
        limits.requestLineBytes = min(limits.requestLineBytes, limits.headBytes)
        limits.headerCount = http.fieldsMax
        limits.bodyBytes = http.bodyKilobytesMax << 10
        limits.handlerTime = .seconds(http.requestSeconds)
        limits.headTime = min(limits.headTime, .seconds(listener.idleSeconds))
        limits.keepAliveTime = .seconds(listener.idleSeconds)
        limits.bodyIdleTime = .seconds(listener.idleSeconds)
        limits.writeStallTime = .seconds(listener.idleSeconds)
        return limits
    }
}
