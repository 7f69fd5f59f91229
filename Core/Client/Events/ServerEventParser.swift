/// Takes a `text/event-stream` apart as it arrives, in pieces of any size.
struct ServerEventParser: Sendable {
    /// What is wrong with a stream.
    enum Fault: Error { case tooLong }

    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var name = ""
    private var lastID: String?
    private var isAfterReturn = false
    private var isAtStart = true
    private var ready: [ServerEvent] = []

    init(lastID: String? = nil) { self.lastID = lastID }

    /// Takes the next bytes; gives the events that they complete.
    mutating func take(_ bytes: [UInt8]) throws(Fault) -> [ServerEvent] {
        for byte in bytes {
            let isLineFeedOfPair = isAfterReturn && byte == 10
            isAfterReturn = byte == 13
            if isLineFeedOfPair { continue }
            if byte == 10 || byte == 13 {
                try endLine()
            } else {
                guard line.count < ServerEventLimits.eventBytesMax else { throw .tooLong }
                line.append(byte)
            }
        }
        defer { ready = [] }
        return ready
    }

    private mutating func endLine() throws(Fault) {
        defer { line.removeAll(keepingCapacity: true) }
        if isAtStart {
            isAtStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return endEvent() }
        guard let colon = line.firstIndex(of: 58) else { return try field(line[...], []) }
        var value = line[(colon + 1)...]
        if value.first == 32 { value.removeFirst() }
        // An empty name is a comment, which keeps the connection alive.
        if colon > 0 { try field(line[..<colon], value) }
    }

    private mutating func field(_ field: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(Fault) {
        switch String(decoding: field, as: UTF8.self) {
        case "data":
            guard data.count + value.count < ServerEventLimits.eventBytesMax else { throw .tooLong }
            if hasData { data.append(10) }
            hasData = true
            data += value
        case "event":
            name = String(decoding: value, as: UTF8.self)
        case "id" where !value.contains(0) && value.count <= ServerEventLimits.idBytesMax:
            lastID = value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
        default: break
        }
    }

    private mutating func endEvent() {
        if hasData {
            ready.append(
                ServerEvent(
                    id: lastID, name: name.isEmpty ? "message" : name, data: String(decoding: data, as: UTF8.self)))
        }
        data.removeAll(keepingCapacity: true)
        hasData = false
        name = ""
    }
}
