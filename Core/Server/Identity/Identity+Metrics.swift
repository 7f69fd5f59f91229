import GantryIdentity

extension Identity {
    /// What a scrape shows of users.
    var families: [MetricFamily] {
        let counters = counters
        func value(_ event: IdentityCounters.Event) -> Double { Double(counters.number(of: event)) }
        return [
            MetricFamily(
                "gantry_logins_total", .counter, help: "Logins by what became of them.",
                samples: [
                    .init(labels: [("result", "password")], value: value(.passwordLogin)),
                    .init(labels: [("result", "key")], value: value(.keyLogin)),
                    .init(labels: [("result", "refused")], value: value(.refusedLogin)),
                    .init(labels: [("result", "throttled")], value: value(.throttledLogin)),
                ]),
            MetricFamily(
                "gantry_login_waits", .gauge, help: "Names and addresses that have to wait before their next login.",
                Double(throttle.blockedCount)),
            MetricFamily(
                "gantry_password_hashes_waiting", .gauge, help: "Password hashes that wait for their turn.",
                Double(login.hashing.waiting)),
            MetricFamily(
                "gantry_callers_remembered", .gauge, help: "Tokens and certificates whose callers are remembered.",
                Double(callersRemembered)),
            MetricFamily(
                "gantry_caller_reads_total", .counter, help: "Callers that were not remembered and had to be read.",
                value(.callerRead)),
        ]
    }
}
