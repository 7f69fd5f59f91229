/// The state and the picture of a progress bar; pure, time comes in.
struct ProgressBar {
    /// How far back the rate looks, so that it follows a change of speed.
    static let rateWindow = Duration.seconds(5)
    /// Samples kept for the rate.
    static let samplesMax = 64
    private static let barWidthMax = 30
    private static let barWidthMin = 5

    let label: String
    let total: Int?
    let unit: ProgressUnit
    private var samples: [(time: ContinuousClock.Instant, done: Int)] = []

    init(label: String, total: Int?, unit: ProgressUnit) {
        self.label = label
        self.total = total
        self.unit = unit
    }

    mutating func note(done: Int, at time: ContinuousClock.Instant) {
        samples.append((time, done))
        while samples.count > 2 && (samples.count > Self.samplesMax || time - samples[1].time >= Self.rateWindow) {
            samples.removeFirst()
        }
    }

    /// Counts per second over the window; `nil` until time has passed.
    var rate: Double? {
        guard let first = samples.first, let last = samples.last else { return nil }
        let seconds = (last.time - first.time) / .seconds(1)
        return seconds > 0 ? Double(last.done - first.done) / seconds : nil
    }

    /// The time that is left at the present rate.
    var remaining: Duration? {
        guard let total, let rate, rate > 0, let done = samples.last?.done, done < total else { return nil }
        return .seconds((Double(total - done) / rate).rounded(.up))
    }

    /// One line of at most `width` columns.
    func line(width: Int) -> String {
        let done = samples.last?.done ?? 0
        var tail = total.map { "\(unit.show(done))/\(unit.show($0))" } ?? unit.show(done)
        if let rate { tail += "  \(unit.show(Int(rate.rounded())))/s" }
        if let remaining { tail += "  \(HumanText.duration(remaining)) left" }
        guard let total else { return DisplayWidth.cut("\(label)  \(tail)", to: width) }
        // With nothing to do everything is done.
        let fraction = total > 0 ? min(1, max(0, Double(done) / Double(total))) : 1
        let percent = String(Int((fraction * 100).rounded(.down)))
        let percentText = String(repeating: " ", count: 3 - percent.utf8.count) + percent + " %"
        let free = width - DisplayWidth.of(label) - DisplayWidth.of(tail) - percentText.utf8.count - 8
        let barWidth = min(Self.barWidthMax, free)
        guard barWidth >= Self.barWidthMin else {
            return DisplayWidth.cut("\(label)  \(percentText)  \(tail)", to: width)
        }
        let filled = Int((fraction * Double(barWidth)).rounded(.down))
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: barWidth - filled)
        return "\(label)  [\(bar)]  \(percentText)  \(tail)"
    }
}
