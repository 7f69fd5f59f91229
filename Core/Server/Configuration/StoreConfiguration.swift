package import GantryConfig

/// The `store` section.
package struct StoreConfiguration: Sendable, Equatable {
    package enum Engine: String, Sendable, CaseIterable {
        case sqlite
    }

    package var engine: Engine
    package var readers: Int
    package var freeMegabytesMin: Int

    package init(section: inout ConfigSection) {
        engine = section.choice("engine", default: .sqlite, help: "The database engine.")
        readers = section.integer(
            "readers", default: 2, in: 1...64, help: "Threads that answer queries while another one writes.")
        freeMegabytesMin = section.integer(
            "free_megabytes_min", default: 64, in: 0...1_000_000_000,
            help: "With less free space on the data folder's disk no new work is taken.")
    }
}
