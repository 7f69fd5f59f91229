import GantryCommandLine
import GantryCrypto
import GantryEventLoop
import GantryHTTPClient
import GantryJSON
import GantryStorage

/// `gantry version`.
enum VersionCommand {
    static func command(_ version: String) -> Command {
        Command("version", "print the version, and those of the libraries below") { _, context in
            let libraries = [
                ("libuv", Loop.libraryVersion), ("OpenSSL", TLSContext.libraryVersion),
                ("SQLite", SQLiteDatabase.libraryVersion), ("libcurl", HTTPClient.libraryVersion),
            ]
            if context.isJSON {
                var object: JSONObject = ["gantry": .string(version)]
                for (name, version) in libraries { object[name] = .string(version) }
                context.print(json: .object(object))
            } else {
                context.print("gantry \(version)")
                for (name, version) in libraries { context.detail("\(name) \(version)") }
            }
            return .ok
        }
    }
}
