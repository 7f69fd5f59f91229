/// A piece of JSON text with meaning of its own.
package enum JSONToken: Sendable, Hashable {
    case beginObject
    case endObject
    case beginArray
    case endArray
    /// The name of the member whose value follows.
    case key(String)
    case null
    case bool(Bool)
    case integer(Int64)
    /// Only above `Int64.max`.
    case unsigned(UInt64)
    case number(Double)
    case string(String)
    /// The value is complete, and nothing but white space follows it.
    case end
}
