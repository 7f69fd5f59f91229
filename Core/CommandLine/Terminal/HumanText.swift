/// Sizes and durations as people read them; programs get the exact numbers in JSON mode.
public enum HumanText {
    /// Bytes in binary units with three significant digits: `512 B`, `1.50 KiB`, `23.4 MiB`.
    public static func size(_ bytes: Int) -> String {
        let magnitude = bytes.magnitude
        guard magnitude >= 1024 else { return "\(bytes) B" }
        var value = Double(magnitude)
        var unit = -1
        // Values that would round up to 1024 already belong to the next unit.
        while value >= 1023.5 && unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return "\(bytes < 0 ? "-" : "")\(threeDigits(value)) \(units[max(0, unit)])"
    }

    /// A duration in its two largest units: `850 ms`, `12.3 s`, `4 min 5 s`, `2 h 3 min`, `3 d 4 h`.
    public static func duration(_ duration: Duration) -> String {
        if duration < .zero { return "-" + HumanText.duration(.zero - duration) }
        let (seconds, attoseconds) = duration.components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        if seconds == 0 { return "\(milliseconds) ms" }
        if seconds < 60 { return "\(seconds).\(milliseconds / 100) s" }
        if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
        if seconds < 86_400 { return "\(seconds / 3600) h \(seconds % 3600 / 60) min" }
        return "\(seconds / 86_400) d \(seconds % 86_400 / 3600) h"
    }

    private static let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

    private static func threeDigits(_ value: Double) -> String {
        let decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
        let scale = [1, 10, 100][decimals]
        let scaled = Int((value * Double(scale)).rounded())
        guard decimals > 0 else { return "\(scaled)" }
        let fraction = String(scaled % scale)
        return "\(scaled / scale).\(String(repeating: "0", count: decimals - fraction.utf8.count))\(fraction)"
    }
}
