/// The version of this library and of the server and command line built with it.
public enum GantryVersion {
    /// Semantic version.
    public static let current = "0.1.0"
}
