/// Remembered callers by token and by user, up to a number.
///
/// Who makes room for a new one is found by a hand that goes round the places: it passes over those that were used
/// since it came by the last time, so that callers in use stay. Each change costs the same for any size.
struct CallerTable {
    struct Entry {
        let caller: Caller
        var life: CallerCache.Life
        var writtenAt: Int64
        /// Whether it was used since the hand came by.
        var isFresh = false
    }

    /// Fresh places that the hand passes over at the most, so that no request waits for a whole round.
    private static let passedMax = 64

    private var entries: [Entry] = []
    private var hashes: [TokenHash] = []
    private var places: [TokenHash: Int] = [:]
    private var placesOfUser: [String: [Int]] = [:]
    private var hand = 0

    var count: Int { entries.count }

    func place(of hash: TokenHash) -> Int? { places[hash] }

    /// The entry of a place that `place(of:)` has named; its caller stays the same.
    subscript(place: Int) -> Entry {
        _read { yield entries[place] }
        _modify { yield &entries[place] }
    }

    mutating func insert(_ entry: Entry, _ hash: TokenHash, entriesMax: Int) {
        if let place = places[hash] { remove(place) }
        if count >= entriesMax { remove(next()) }
        places[hash] = count
        placesOfUser[entry.caller.userID, default: []].append(count)
        entries.append(entry)
        hashes.append(hash)
    }

    /// Removes an entry; the last one takes its place.
    mutating func remove(_ place: Int) {
        let userID = entries[place].caller.userID
        if let index = placesOfUser[userID]?.lastIndex(of: place) { placesOfUser[userID]?.remove(at: index) }
        if placesOfUser[userID]?.isEmpty == true { placesOfUser[userID] = nil }
        places[hashes[place]] = nil
        let (entry, hash) = (entries.removeLast(), hashes.removeLast())
        guard place < count else { return }
        let mover = entry.caller.userID
        if let index = placesOfUser[mover]?.lastIndex(of: count) { placesOfUser[mover]?[index] = place }
        places[hash] = place
        (entries[place], hashes[place]) = (entry, hash)
    }

    mutating func removeAll(of userID: String) {
        while let place = placesOfUser[userID]?.last { remove(place) }
    }

    /// The place whose caller goes: one that was not used since the last round, or the last one looked at.
    private mutating func next() -> Int {
        for _ in 0..<Self.passedMax {
            hand = hand + 1 < count ? hand + 1 : 0
            guard entries[hand].isFresh else { return hand }
            entries[hand].isFresh = false
        }
        return hand
    }
}
