package import GantryConfig

/// The `store` section.
package struct StoreConfiguration: Sendable, Equatable {
    package var readers: Int

    package init(section: inout ConfigSection) {
        _ = section.choice("engine", ["sqlite"], default: "sqlite", help: "The database engine.")
        readers = section.integer(
            "readers", default: 2, in: 1...64, help: "Threads that answer queries while another one writes.")
    }
}
