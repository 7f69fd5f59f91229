import GantryHTTP

/// What a parser reports for some input, in a form that does not depend on how the input was cut.
struct ParserTranscript: Equatable, CustomStringConvertible {
    private(set) var events: [String] = []
    private(set) var bodies: [[UInt8]] = []
    private(set) var error: HTTPParseError?
    private(set) var heads: [HTTPRequestHead] = []

    /// Feeds `input` in pieces of the given size (0: whole) and then says that the input has ended.
    init(_ input: [UInt8], pieceSize: Int = 0, limits: HTTPLimits = HTTPLimits()) {
        var parser = HTTPRequestParser(limits: limits)
        do {
            var start = 0
            while start < input.count {
                let end = pieceSize == 0 ? input.count : min(start + pieceSize, input.count)
                try feed(&parser, Array(input[start..<end]))
                start = end
            }
            try parser.finish()
            events.append("clean end")
        } catch {
            self.error = error
            events.append("error \(error.code.rawValue)")
        }
    }

    init(_ input: String, pieceSize: Int = 0, limits: HTTPLimits = HTTPLimits()) {
        self.init(Array(input.utf8), pieceSize: pieceSize, limits: limits)
    }

    private mutating func feed(_ parser: inout HTTPRequestParser, _ piece: [UInt8]) throws(HTTPParseError) {
        var position = 0
        while true {
            switch try parser.next(piece.span, at: &position) {
            case .needsMore:
                return
            case .head(let head):
                heads.append(head)
                bodies.append([])
                events.append(Self.text(head))
            case .body(let range):
                bodies[bodies.count - 1] += piece[range]
            case .end:
                events.append("end \(bodies[bodies.count - 1].count)")
            }
        }
    }

    private static func text(_ head: HTTPRequestHead) -> String {
        let request = HTTPRequest(head: head, connection: HTTPConnectionInfo())
        let fields = head.headers.map { "\($0.name)=\($0.value)" }.joined(separator: "|")
        return "\(head.method) \(request.target) 1.\(head.minorVersion) [\(fields)] \(head.framing)"
            + " keep=\(head.keepsAlive) continue=\(head.expectsContinue) upgrade=\(head.asksUpgrade)"
    }

    static func == (left: ParserTranscript, right: ParserTranscript) -> Bool {
        left.events == right.events && left.bodies == right.bodies && left.error == right.error
    }

    var description: String { events.joined(separator: "\n") }
}
