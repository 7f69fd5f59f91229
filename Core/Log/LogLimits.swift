/// How long the parts of one log event may be; what is longer is cut, and the line says how much is missing.
package enum LogLimits {
    /// Bytes of a message.
    package static let messageBytesMax = 16 * 1024
    /// Bytes of one field's value; the members of a list share it.
    package static let valueBytesMax = 8 * 1024
    /// Bytes of a field's name.
    package static let nameBytesMax = 128
    /// Fields of one event; later ones are dropped and counted in the field `fields_dropped`.
    package static let fieldsMax = 64
    /// Members of one list.
    package static let listMembersMax = 64
    /// Secrets that a redactor knows at a time.
    package static let secretsMax = 4096
    /// Bytes that a secret must have to be looked for; shorter ones would blacken ordinary words.
    package static let secretBytesMin = 4
    /// How long one line may wait for a full pipe or terminal that is in non-blocking mode.
    package static let stalledWriteMillisecondsMax: Int32 = 100
    /// Events that a memory sink keeps.
    package static let memoryEventsMax = 10_000
}
