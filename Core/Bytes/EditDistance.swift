/// How far two names are apart, for "did you mean" sentences.
package enum EditDistance {
    /// Longer names are not compared: the work grows with the product of the lengths.
    package static let nameLengthMax = 64

    /// The candidate that a typo most likely meant; nothing when none is near. The first of equals wins.
    ///
    /// Near means one edit for each three characters, at least one and never all of them; a candidate that differs in
    /// case, or in `-` for `_`, is always near.
    package static func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
        let wanted = folded(name)
        guard !wanted.isEmpty, wanted.count <= nameLengthMax else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let other = folded(candidate)
            let limit = max(1, min(wanted.count, other.count) / 3)
            guard other.count <= nameLengthMax, abs(other.count - wanted.count) <= limit else { continue }
            let distance = between(wanted, other)
            guard distance <= limit, distance < max(wanted.count, other.count) else { continue }
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// Insertions, removals, replacements and swaps of neighbours that lead from one name to the other.
    package static func between(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
        guard !one.isEmpty else { return other.count }
        var twoBack = [Int](repeating: 0, count: other.count + 1)
        var previous = Array(0...other.count)
        var current = twoBack
        for row in 1...one.count {
            current[0] = row
            for column in 1..<(other.count + 1) {
                let isSame = one[row - 1] == other[column - 1]
                var cost = min(previous[column], current[column - 1]) + 1
                cost = min(cost, previous[column - 1] + (isSame ? 0 : 1))
                let isSwap =
                    row > 1 && column > 1 && one[row - 1] == other[column - 2] && one[row - 2] == other[column - 1]
                if isSwap { cost = min(cost, twoBack[column - 2] + 1) }
                current[column] = cost
            }
            (twoBack, previous, current) = (previous, current, twoBack)
        }
        return previous[other.count]
    }

    private static func folded(_ name: String) -> [Unicode.Scalar] {
        name.unicodeScalars.map { scalar in
            switch scalar {
            case "A"..."Z": Unicode.Scalar(UInt8(ascii: scalar) | 0x20)
            case "-": "_"
            default: scalar
            }
        }
    }
}
