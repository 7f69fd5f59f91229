/// What one JSON text may cost.
package struct JSONLimits: Sendable, Hashable {
    /// No reader follows deeper nesting than this, whatever its limits say.
    package static let depthCeiling = 512
    /// Digits, signs and points of one number.
    package static let numberBytesMax = 4096

    /// Arrays and objects within each other; at most ``depthCeiling``.
    package var depthMax = 128
    /// Length of the whole text.
    package var bytesMax = 16 * 1024 * 1024
    /// Values of all kinds in the text: a value takes more memory than the two bytes that can ask for it.
    package var valuesMax = 1_000_000

    package init(depthMax: Int = 128, bytesMax: Int = 16 * 1024 * 1024, valuesMax: Int = 1_000_000) {
        self.depthMax = depthMax
        self.bytesMax = bytesMax
        self.valuesMax = valuesMax
    }

    package static let standard = JSONLimits()
}

/// Where a reader may depart from RFC 8259 for the sake of foreign clients.
package struct JSONReadingOptions: Sendable, Hashable {
    /// Half a surrogate pair becomes U+FFFD instead of an error; the reader remembers that it happened.
    package var replacesLoneSurrogates = false
    /// `NaN`, `Infinity`, `-Infinity` and numbers beyond a double are numbers instead of errors.
    package var acceptsNonFiniteNumbers = false

    package init(replacesLoneSurrogates: Bool = false, acceptsNonFiniteNumbers: Bool = false) {
        self.replacesLoneSurrogates = replacesLoneSurrogates
        self.acceptsNonFiniteNumbers = acceptsNonFiniteNumbers
    }

    package static let strict = JSONReadingOptions()
}
