extension [UInt8] {
    /// Copies the bytes a span lends.
    @inlinable
    package init(_ span: Span<UInt8>) {
        self = unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// Appends the bytes a span lends, in one copy.
    @inlinable
    package mutating func append(_ span: Span<UInt8>) {
        unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Appends the UTF-8 of a text, in one copy.
    @inlinable
    package mutating func append(_ text: String) {
        append(contentsOf: text.utf8)
    }
}
