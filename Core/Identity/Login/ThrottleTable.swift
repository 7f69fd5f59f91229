/// The failures of each name and address, at most so many of them. Each failure moves its row to the end of a list, so
/// that the row that is forgotten first is always at the front: forgetting and making room cost the same for any size.
struct ThrottleTable: ~Copyable {
    struct Row {
        var bucket: LoginThrottle.Bucket
        /// Tells this row from an earlier one of the same bucket.
        let serial: UInt64
        var failures = 0
        var failed: ContinuousClock.Instant
        var blockedUntil: ContinuousClock.Instant
        fileprivate var before: Int?
        fileprivate var after: Int?
    }

    private let rowsMax: Int
    private var rows: [Row] = []
    private var places: [LoginThrottle.Bucket: Int] = [:]
    /// Places of `rows` whose rows were removed.
    private var free: [Int] = []
    private var first: Int?
    private var last: Int?
    private var serial: UInt64 = 0

    init(rowsMax: Int) {
        self.rowsMax = max(rowsMax, 1)
    }

    var count: Int { places.count }

    subscript(bucket: LoginThrottle.Bucket) -> Row? {
        places[bucket].map { rows[$0] }
    }

    /// How many rows are blocked at this time.
    func blockedCount(at time: ContinuousClock.Instant) -> Int {
        var count = 0
        var place = first
        while let current = place {
            if rows[current].blockedUntil > time { count += 1 }
            place = rows[current].after
        }
        return count
    }

    /// Removes the rows whose last failure was before this time.
    mutating func forget(before time: ContinuousClock.Instant) {
        while let front = first, rows[front].failed <= time { remove(rows[front].bucket) }
    }

    /// Counts a failure and gives the row's serial number.
    mutating func fail(
        _ bucket: LoginThrottle.Bucket, at time: ContinuousClock.Instant, delay: (_ failures: Int) -> Duration
    ) -> UInt64 {
        let place = places[bucket] ?? add(bucket, at: time)
        unlink(place)
        link(place)
        rows[place].failures += 1
        rows[place].failed = time
        rows[place].blockedUntil = time + delay(rows[place].failures)
        return rows[place].serial
    }

    /// Takes one failure back, if the row is still the same one.
    mutating func takeBack(_ bucket: LoginThrottle.Bucket, serial: UInt64, delay: (_ failures: Int) -> Duration) {
        guard let place = places[bucket], rows[place].serial == serial else { return }
        rows[place].failures -= 1
        guard rows[place].failures > 0 else { return remove(bucket) }
        rows[place].blockedUntil = rows[place].failed + delay(rows[place].failures)
    }

    mutating func remove(_ bucket: LoginThrottle.Bucket) {
        guard let place = places.removeValue(forKey: bucket) else { return }
        unlink(place)
        free.append(place)
    }

    private mutating func add(_ bucket: LoginThrottle.Bucket, at time: ContinuousClock.Instant) -> Int {
        if places.count >= rowsMax, let front = first { remove(rows[front].bucket) }
        serial += 1
        let row = Row(bucket: bucket, serial: serial, failed: time, blockedUntil: time)
        let place: Int
        if let used = free.popLast() {
            place = used
            rows[place] = row
        } else {
            place = rows.count
            rows.append(row)
        }
        places[bucket] = place
        link(place)
        return place
    }

    private mutating func link(_ place: Int) {
        rows[place].before = last
        rows[place].after = nil
        if let last { rows[last].after = place } else { first = place }
        last = place
    }

    private mutating func unlink(_ place: Int) {
        let (before, after) = (rows[place].before, rows[place].after)
        if let before { rows[before].after = after } else { first = after }
        if let after { rows[after].before = before } else { last = before }
    }
}
