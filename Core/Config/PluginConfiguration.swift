/// What a plugin reads from its section of the configuration file.
///
/// The initializer declares each key once, by asking the section for it, and gets a usable value in any case: what is
/// wrong with the file is collected by the section and reported together with all other problems. It must ask for every
/// key on every run, because the schema is made by running it on an empty section.
public protocol PluginConfiguration: Sendable {
    /// Reads the section; does nothing else.
    init(section: inout ConfigSection)
}
