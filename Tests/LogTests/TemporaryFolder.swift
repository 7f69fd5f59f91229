import Glibc
import Testing

/// A folder of one test; its files are read and it is removed through this type.
struct TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/gantry-log-XXXXXX".utf8CString)
        let isMade = unsafe mkdtemp(&template) != nil
        try #require(isMade)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func remove() {
        for name in names { _ = unsafe unlink("\(path)/\(name)") }
        _ = unsafe rmdir(path)
    }

    var names: [String] {
        guard let stream = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { raw in
                unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    func lines(_ name: String) -> [String] {
        let descriptor = unsafe open("\(path)/\(name)", O_RDONLY)
        defer { close(descriptor) }
        return readToEnd(descriptor).split(separator: "\n").map(String.init)
    }
}

/// What a descriptor gives until its end, or until it would block.
func readToEnd(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let got = unsafe read(descriptor, &chunk, chunk.count)
        guard got > 0 else { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(contentsOf: chunk[..<got])
    }
}
