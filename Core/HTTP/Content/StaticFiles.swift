import GantryBytes
import GantryCrypto

/// Files that are part of the program, served from a table: no path of a request ever reaches a file system.
package struct StaticFiles: Sendable {
    /// One file.
    package struct File: Sendable {
        let bytes: [UInt8]
        let contentType: String
        let tag: String
    }

    private let files: [String: File]
    private let cacheSeconds: Int

    /// Makes the table from paths (`/app.js`) and contents; the type comes from the path's extension.
    package init(_ contents: [String: [UInt8]], cacheSeconds: Int = 300) {
        files = contents.reduce(into: [:]) { table, entry in
            table[entry.key] = File(
                bytes: entry.value, contentType: Self.contentType(of: entry.key), tag: Self.tag(entry.value))
        }
        self.cacheSeconds = cacheSeconds
    }

    /// One hidden route per file.
    package func routes(access: Route.Access = .anonymous) -> [Route] {
        files.sorted { $0.key < $1.key }.map { path, file in
            .immediate(.get, path, access: access, options: Route.Options(isHidden: true)) { request in
                reply(to: request.headers, with: file)
            }
        }
    }

    private func reply(to headers: HTTPHeaders, with file: File) -> HTTPResponse {
        var reply: HTTPHeaders = [
            "ETag": file.tag, "Cache-Control": "public, max-age=\(cacheSeconds)", "Accept-Ranges": "bytes",
            "X-Content-Type-Options": "nosniff",
        ]
        if let known = headers["If-None-Match"], Self.matches(known, file.tag) {
            return HTTPResponse(.notModified, headers: reply)
        }
        reply.add("Content-Type", file.contentType)
        let isCurrent = headers["If-Range"].map { $0 == file.tag } ?? true
        guard isCurrent, let wanted = headers["Range"] else {
            return HTTPResponse(headers: reply, body: .bytes(file.bytes))
        }
        switch ByteRange(wanted, size: file.bytes.count) {
        case .ignored: return HTTPResponse(headers: reply, body: .bytes(file.bytes))
        case .unsatisfiable:
            reply.add("Content-Range", "bytes */\(file.bytes.count)")
            return HTTPResponse(.rangeNotSatisfiable, headers: reply)
        case .part(let range):
            let last = range.upperBound - 1
            reply.add("Content-Range", "bytes \(range.lowerBound)-\(last)/\(file.bytes.count)")
            return HTTPResponse(.partialContent, headers: reply, body: .bytes(Array(file.bytes[range])))
        }
    }

    /// Whether an If-None-Match list names the tag; weak comparison, as RFC 9110 §13.1.2 wants.
    package static func matches(_ list: String, _ tag: String) -> Bool {
        let wanted = tag.hasPrefix("W/") ? String(tag.dropFirst(2)) : tag
        return list.split(separator: ",").contains { part in
            var candidate = part.drop { $0 == " " || $0 == "\t" }
            if candidate == "*" { return true }
            if candidate.hasPrefix("W/") { candidate = candidate.dropFirst(2) }
            while let last = candidate.last, last == " " || last == "\t" { candidate = candidate.dropLast() }
            return candidate == wanted
        }
    }

    private static func tag(_ bytes: [UInt8]) -> String {
        // Half of the digest is more than enough to tell two versions apart.
        "\"\(Hex.encode(Array(Digest.sha256(bytes).prefix(16))))\""
    }

    /// The media type for a file name's extension.
    package static func contentType(of path: String) -> String {
        if path.hasSuffix("/") { return contentType(of: "index.html") }
        let parts = path.split(separator: "/").last?.split(separator: ".") ?? []
        guard parts.count > 1, let type = parts.last.flatMap({ types[ASCII.lowercase(String($0))] }) else {
            return "application/octet-stream"
        }
        return type
    }

    private static let types: [String: String] = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "mjs": "text/javascript; charset=utf-8", "json": "application/json", "txt": "text/plain; charset=utf-8",
        "md": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8", "svg": "image/svg+xml",
        "xml": "application/xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
        "webp": "image/webp", "ico": "image/x-icon", "woff2": "font/woff2", "ttf": "font/ttf",
        "wasm": "application/wasm",
        "pdf": "application/pdf", "zip": "application/zip", "gz": "application/gzip", "map": "application/json",
        "webmanifest": "application/manifest+json",
    ]
}
