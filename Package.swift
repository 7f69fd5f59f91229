// swift-tools-version: 6.2
import PackageDescription

// `make fuzz` sets GANTRY_FUZZ: everything is instrumented then, and the fuzz programs join the package.
let isFuzzing = Context.environment["GANTRY_FUZZ"] != nil

// Every target gets the same settings; `package` access joins the modules, see docs/architecture/overview.md.
let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .treatWarning("DeprecatedDeclaration", as: .warning),
    ] + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer,address", "-parse-as-library"])] : [])

/// `core("HTTP", …)` is the target `GantryHTTP` in the folder `Core/HTTP`.
func core(
    _ name: String, _ needs: [String] = [], c: [String] = [], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: "Gantry\(name)", dependencies: dependencies(needs, c), path: "Core/\(name)", exclude: exclude,
        resources: resources, swiftSettings: settings)
}

/// `tests("HTTP", …)` is the test target `HTTPTests` in `Tests/HTTPTests`.
func tests(_ name: String, _ needs: [String], c: [String] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies(needs, c), path: "Tests/\(name)Tests", exclude: exclude,
        swiftSettings: settings)
}

/// An executable, named as its users type it.
func program(_ name: String, _ path: String, _ needs: [String]) -> Target {
    .executableTarget(name: name, dependencies: dependencies(needs, []), path: path, swiftSettings: settings)
}

/// `fuzz("JSON", …)` is the program `JSONFuzz` in `Tests/Fuzz/JSON`; its corpus is `Tests/Fuzz/Corpus/JSON`.
func fuzz(_ name: String, _ needs: [String]) -> [Target] {
    guard isFuzzing else { return [] }
    return [
        .executableTarget(
            name: "\(name)Fuzz", dependencies: dependencies(needs, []), path: "Tests/Fuzz/\(name)",
            swiftSettings: settings, linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address"])])
    ]
}

/// A system library: a module map and a shim of inline wrappers, nothing else.
func library(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Core/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func dependencies(_ needs: [String], _ c: [String]) -> [Target.Dependency] {
    needs.map { .byName(name: $0 == "TestSupport" ? $0 : "Gantry\($0)") } + c.map { .byName(name: $0) }
}

let package = Package(
    name: "gantry",
    platforms: [.macOS(.v26)],
    targets: [
        library("CLibUV", pkgConfig: "libuv", apt: "libuv1-dev"),
        library("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
        library("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        library("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        library("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),

        core("Bytes"),
        core("JSON", ["Bytes"]),
        core("Log", ["Bytes", "JSON"]),
        core("Config", ["Bytes", "JSON"]),
        core("EventLoop", ["Bytes", "Log"], c: ["CLibUV"]),
        core("Crypto", ["Bytes"], c: ["COpenSSL"]),
        core("Storage", ["Bytes", "Log"], c: ["CSQLite"]),
        core("CommandLine", ["Bytes", "JSON"]),
        core("Transport", ["Bytes", "Log", "EventLoop", "Crypto"]),
        core("HTTP", ["Bytes", "JSON", "Log", "EventLoop", "Crypto", "Transport"], c: ["CZlib"]),
        core("HTTPClient", ["Bytes", "JSON", "Log", "EventLoop"], c: ["CCurl"]),
        core("Identity", ["Bytes", "JSON", "Log", "EventLoop", "Crypto", "Storage"]),
        core("Plugin", ["Bytes", "JSON", "Log", "Config", "CommandLine", "EventLoop", "HTTP", "Identity"]),
        core("PluginHost", ["Log", "Config", "HTTP", "Plugin"]),
        core("Client", ["Bytes", "JSON", "EventLoop", "Crypto", "HTTPClient", "Identity"]),
        core(
            "Server",
            [
                "Bytes", "JSON", "Log", "Config", "CommandLine", "EventLoop", "Crypto", "Storage", "Transport", "HTTP",
                "HTTPClient", "Identity", "Plugin", "PluginHost", "Client",
            ],
            resources: [
                .embedInCode("Resources/index.html"), .embedInCode("Resources/start.css"),
                .embedInCode("Resources/start.js"),
            ]),
        program("gantry", "Core/Gantry", ["Plugin", "Server"]),

        // What the tests stand on, and programs that only tests and benchmarks start.
        .target(
            name: "TestSupport", dependencies: dependencies(["Bytes", "Crypto"], []), path: "Tests/TestSupport",
            swiftSettings: settings),
        program(
            "gantry-bench", "Tests/Benchmarks/Micro",
            ["Bytes", "JSON", "Log", "EventLoop", "Crypto", "Storage", "Identity", "TestSupport"]),
        program(
            "gantry-probe", "Tests/ProbeServer",
            ["CommandLine", "Config", "HTTP", "Identity", "Log", "Plugin", "Server"]),

        // The tests, in the order of what they test.
        tests("Bytes", ["Bytes", "TestSupport"]),
        tests("JSON", ["JSON", "TestSupport"]),
        tests("Log", ["Bytes", "Log"]),
        tests("Config", ["JSON", "Config"]),
        tests("CommandLine", ["Bytes", "JSON", "CommandLine", "TestSupport"]),
        tests("EventLoop", ["Log", "EventLoop"]),
        tests("Crypto", ["Bytes", "JSON", "Crypto"], c: ["COpenSSL"]),
        tests("TLS", ["Bytes", "Crypto", "TestSupport"]),
        tests("Storage", ["Storage"], c: ["CSQLite"]),
        tests("Transport", ["Bytes", "Log", "EventLoop", "Crypto", "Transport", "TestSupport"]),
        tests("HTTP", ["Bytes", "JSON", "Log", "EventLoop", "HTTP"], c: ["CZlib"]),
        tests("HTTPClient", ["Bytes", "EventLoop", "Crypto", "Transport", "HTTPClient", "TestSupport"]),
        tests("Identity", ["Bytes", "JSON", "Log", "EventLoop", "Crypto", "Storage", "Identity", "TestSupport"]),
        tests("PluginHost", ["Log", "Config", "HTTP", "Plugin", "PluginHost"]),
        tests("Client", ["Bytes", "JSON", "EventLoop", "Crypto", "Identity", "Client", "TestSupport"]),
        tests(
            "Server",
            [
                "Bytes", "JSON", "Log", "Config", "CommandLine", "EventLoop", "Crypto", "HTTP", "HTTPClient",
                "Identity", "Plugin", "PluginHost", "Client", "Server", "Storage", "TestSupport",
            ]),
        tests(
            "Integration", ["Bytes", "JSON", "EventLoop", "Crypto", "Transport", "TestSupport"],
            c: ["gantry", "gantry-probe"]),
        tests("Docs", ["JSON", "Config", "CommandLine", "HTTP", "Identity", "PluginHost", "Server"], c: ["gantry"]),
        tests("Tidy", []),
    ] + fuzz("JSON", ["JSON"]) + fuzz("HTTP", ["HTTP"]) + fuzz("Config", ["Config", "JSON"])
        + fuzz("Identity", ["Identity"])
)
