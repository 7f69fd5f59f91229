/// Whether two byte strings are the same, in a time that depends on their lengths only.
///
/// For tags, tokens and password verifiers: an early exit would tell an attacker how many bytes were right.
@inline(never)
package func constantTimeEquals(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
    guard one.count == other.count else { return false }
    var difference: UInt8 = 0
    for index in one.indices { difference |= one[index] ^ other[index] }
    return difference == 0
}

/// Whether two byte strings are the same, in a time that depends on their lengths only.
package func constantTimeEquals(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    constantTimeEquals(one.span, other.span)
}

/// Whether two texts have the same bytes, in a time that depends on their lengths only.
package func constantTimeEquals(_ one: String, _ other: String) -> Bool {
    constantTimeEquals(one.utf8.span, other.utf8.span)
}
