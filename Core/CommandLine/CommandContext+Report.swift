import GantryBytes
import GantryJSON

extension CommandContext {
    /// Shows an error: `gantry: error: …`, its details, and, when there is one, `hint: …`; in JSON mode one object.
    package func report(_ error: CommandError) {
        if isJSON {
            var object: JSONObject = ["message": .string(error.message)]
            if !error.details.isEmpty { object["details"] = .array(error.details.map { .string($0) }) }
            if let hint = error.hint { object["hint"] = .string(hint) }
            object["exit_code"] = .integer(Int64(error.exitCode.rawValue))
            let report: JSONValue = ["error": .object(object)]
            writeError(report.text() + "\n")
            return
        }
        writeError(label("\(programName): error:", .red) + " \(ControlCharacters.escaped(error.message))\n")
        for detail in error.details { writeError("  \(ControlCharacters.escaped(detail))\n") }
        if let hint = error.hint { writeError(label("hint:", .bold) + " \(ControlCharacters.escaped(hint))\n") }
    }

    private func label(_ text: String, _ style: TextStyle) -> String {
        isErrorColored ? style.applied(to: text) : text
    }
}
