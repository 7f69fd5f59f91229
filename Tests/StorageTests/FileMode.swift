import Glibc

/// The permission bits of a file, or -1.
func fileMode(_ path: String) -> Int {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return -1 }
    return Int(status.st_mode & 0o777)
}

func fileBytes(_ path: String) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe read(descriptor, &chunk, chunk.count)
        guard count > 0 else { return bytes }
        bytes.append(contentsOf: chunk[..<count])
    }
}

func writeFile(_ path: String, _ bytes: [UInt8], flags: Int32 = O_TRUNC) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | flags, 0o600)
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}
