import GantryCommandLine
import GantryCrypto
import GantryEventLoop
import GantryHTTPClient
import GantryJSON
import GantryStorage

/// `gantry version`.
enum VersionCommand {
    static func command(_ version: String) -> Command {
        Command("version", "print the version, with --verbose also those of the libraries") { _, context in
            let libraries = [
                ("libuv", Loop.libraryVersion), ("OpenSSL", TLSContext.libraryVersion),
                ("SQLite", SQLiteDatabase.libraryVersion), ("libcurl", HTTPClient.libraryVersion),
            ]
            if context.isJSON {
                var object: JSONObject = ["gantry": .string(version)]
                for (name, version) in libraries { object[name] = .string(version) }
                context.write(json: .object(object))
                return .ok
            }
            context.writeLine("gantry \(version)")
            if context.isVerbose { libraries.forEach { context.writeLine("\($0.0) \($0.1)") } }
            return .ok
        }
    }
}
