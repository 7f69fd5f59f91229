import GantryHTTP

/// libFuzzer's main loop.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Takes one input; libFuzzer's library wants this name to be there.
@c(LLVMFuzzerTestOneInput)
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe HTTPFuzz.check([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// Looks for requests that crash the parser, or that it reads differently when they arrive in other pieces.
@main
enum HTTPFuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments = unsafe CommandLine.unsafeArgv
        _ = unsafe runDriver(&count, &arguments, testOneInput)
    }

    /// Small, so that inputs of a few hundred bytes reach them.
    private static let limits: HTTPLimits = {
        var limits = HTTPLimits()
        limits.requestLineBytes = 80
        limits.headBytes = 400
        limits.headerCount = 8
        limits.bodyBytes = 64
        limits.chunkExtensionBytes = 16
        limits.trailerBytes = 48
        limits.trailerCount = 2
        return limits
    }()

    private static let router: Router? = try? Router(
        ["/", "/a/{id}", "/a/{n:int}/b", "/f/{rest:path}", "/{x}/{y}/{z}"].map { pattern in
            Route(.get, pattern, access: .anonymous) { _ in .text("") }
        })

    fileprivate static func check(_ bytes: [UInt8]) {
        for limits in [limits, HTTPLimits()] {
            let whole = Reading(bytes, pieceSize: max(bytes.count, 1), limits)
            for pieceSize in [1, 3, 16] {
                precondition(
                    Reading(bytes, pieceSize: pieceSize, limits) == whole, "pieces of \(pieceSize) read differently")
            }
        }
        _ = try? HTTPParameters(parsing: bytes.span)
        let text = String(decoding: bytes, as: UTF8.self)
        for member in QualityList(text).members { precondition(0...1000 ~= member.weight, "weight out of range") }
        if let trace = TraceContext(text) { precondition(TraceContext(trace.headerValue) != nil, "trace lost") }
        if case .part(let range) = ByteRange(text, size: 1000) {
            precondition(range.upperBound <= 1000, "range beyond end")
        }
        var headers = HTTPHeaders()
        headers.add("X", text)
        var out: [UInt8] = []
        if headers.refusedName == nil {
            HTTPResponseWriter.appendHead(.ok, headers, framing: .none, connection: .open, dateLine: [], to: &out)
            precondition(out.count(where: { $0 == 10 }) <= 3, "a field has made more than one line")
        }
    }

    /// What the parser reports.
    private struct Reading: Equatable {
        private var heads: [String] = []
        private var bodies: [[UInt8]] = []
        private var ends = 0
        private var error: HTTPParseError?

        init(_ bytes: [UInt8], pieceSize: Int, _ limits: HTTPLimits) {
            var parser = HTTPRequestParser(limits: limits)
            do {
                var start = 0
                while start < bytes.count {
                    let end = min(start + pieceSize, bytes.count)
                    try feed(&parser, Array(bytes[start..<end]))
                    start = end
                }
                try parser.finish()
            } catch {
                self.error = error
            }
        }

        private mutating func feed(_ parser: inout HTTPRequestParser, _ piece: [UInt8]) throws(HTTPParseError) {
            var position = 0
            while true {
                switch try parser.next(piece.span, at: &position) {
                case .needsMore:
                    precondition(position == piece.count, "input left over")
                    return
                case .head(let head): add(head)
                case .body(let range):
                    precondition(!range.isEmpty && range.upperBound <= piece.count, "no part of the input")
                    bodies[bodies.count - 1] += piece[range]
                case .end:
                    if case .length(let count) = last?.framing { precondition(bodies.last?.count == count, "length") }
                    ends += 1
                }
            }
        }

        private var last: HTTPRequestHead?

        private mutating func add(_ head: HTTPRequestHead) {
            last = head
            let request = HTTPRequest(head: head, connection: HTTPConnectionInfo())
            _ = try? request.query
            _ = HTTPFuzz.router?.match(head)
            heads.append("\(head.method) \(request.target) \(head.minorVersion) \(head.headers) \(head.framing)")
            bodies.append([])
        }

        static func == (left: Reading, right: Reading) -> Bool {
            left.heads == right.heads && left.bodies == right.bodies && left.ends == right.ends
                && left.error == right.error
        }
    }
}
