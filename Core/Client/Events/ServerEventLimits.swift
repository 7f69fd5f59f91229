/// What a stream of events may cost.
enum ServerEventLimits {
    /// The longest line, and the most bytes of all lines of one event together.
    static let eventBytesMax = 1 << 20
    /// The longest id that is kept.
    static let idBytesMax = 1024
}
