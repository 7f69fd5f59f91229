package import GantryConfig

/// The `store` section.
package struct StoreConfiguration: Sendable, Equatable {
    package enum Engine: String, Sendable, CaseIterable {
        case sqlite
    }

    package var engine: Engine
    package var readers: Int

    package init(section: inout ConfigSection) {
        engine = section.choice("engine", default: .sqlite, help: "The database engine.")
        readers = section.integer(
            "readers", default: 2, in: 1...64, help: "Threads that answer queries while another one writes.")
    }
}
