// swift-tools-version: 6.2
import PackageDescription

#if canImport(Glibc)
import Glibc
#endif

// MARK: - Settings shared by every target

/// `APPLIANCE_NET_CHECKS=1` (set by the Makefile's checks) turns warnings into errors. It is not the default, so that a
/// newer compiler's new warning never keeps somebody from building.
let checks = getenv("APPLIANCE_NET_CHECKS") != nil

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
    ] + (checks ? [.treatAllWarnings(as: .error)] : [])

// MARK: - Dependencies

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let swiftASN1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "_CryptoExtras", package: "swift-crypto")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

let dependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
]

// MARK: - Targets, from the inside out

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: [.target(name: name), "TestSupport"] + dependencies,
        resources: [],
        swiftSettings: settings
    )
}

let targets: [Target] = [
    // What Swift cannot import, and the one door to the kernel.
    .target(name: "CLinux"),
    .target(name: "CCrypt", linkerSettings: [.linkedLibrary("crypt")]),
    // OpenSSL for health checks, loaded when it is needed.
    .target(name: "CTLS"),
    .systemLibrary(
        name: "CMnl",
        pkgConfig: "libmnl",
        providers: [.apt(["libmnl-dev"]), .yum(["libmnl-devel"])]
    ),
    .systemLibrary(
        name: "CNftnl",
        pkgConfig: "libnftnl",
        providers: [.apt(["libnftnl-dev"]), .yum(["libnftnl-devel"])]
    ),
    .systemLibrary(
        name: "CZstd",
        pkgConfig: "libzstd",
        providers: [.apt(["libzstd-dev"]), .yum(["libzstd-devel"])]
    ),
    library("Syscalls", ["CLinux"]),

    // Values.
    library("Diagnostics"),
    library("Addresses"),
    library("Files", ["Syscalls", "CLinux"]),
    library("Passwords", ["CCrypt", "Syscalls"]),

    // Network.
    library("Netlink", ["CMnl", "CLinux", "Syscalls", "Addresses"]),
    // Who has which address on a link.
    library("Discovery", ["CLinux", "Syscalls", "Addresses"]),
    // What DHCP gives: values, their files, and what becomes of the clients.
    library("Leases", ["Addresses", "Files", "Syscalls"]),
    library("NetworkFiles", ["Leases", "Addresses", "Diagnostics", "Files"]),
    library("Nftables", ["CNftnl", "CMnl", "Netlink", "Addresses"]),
    library("Guard", ["Nftables", "Netlink", "NetworkFiles", "Addresses", "Diagnostics"]),
    library(
        "NetworkState",
        [
            "Guard", "Nftables", "Netlink", "Discovery", "NetworkFiles", "Leases", "Addresses", "Diagnostics", "Files",
            "Syscalls",
        ]
    ),
    library(
        "NetworkHistory",
        ["NetworkState", "NetworkFiles", "Leases", "Netlink", "Diagnostics", "Files", "Syscalls", "CLinux"]
    ),

    library(
        "NetworkWatch",
        [
            "NetworkHistory", "NetworkState", "NetworkFiles", "Netlink", "Nftables", "Guard", "Discovery", "RuntimeAPI",
            "Files", "Leases", "Diagnostics", "Addresses", "Syscalls", "CLinux",
        ]
    ),

    // First boot.
    library("Guestinfo", ["Syscalls"]),
    library("OVF", ["Diagnostics"]),
    library("Appliance", ["OVF", "Addresses", "Diagnostics"]),
    library(
        "PKI",
        ["NetworkFiles", "Addresses", "Diagnostics", "Files", "Syscalls", x509, swiftASN1, crypto, cryptoExtras]
    ),
    // Bundles: what makes an appliance this one, sealed; and restoring it.
    library(
        "Recovery",
        [
            "CZstd", "Appliance", "DataPlaneModel", "NetworkFiles", "NetworkHistory", "NetworkState", "PKI",
            "ProxyConfig",
            "Addresses", "Diagnostics", "Files", "Syscalls", crypto, cryptoExtras,
        ]
    ),
    library(
        "FirstBoot",
        [
            "Guestinfo", "Recovery", "Discovery", "Appliance", "OVF", "NetworkFiles", "NetworkState", "NetworkHistory",
            "Netlink", "PKI", "Passwords", "ProxyConfig", "Files",
            "Syscalls", "Addresses",
            "Diagnostics",
            "CLinux",
        ]
    ),
    library(
        "Explanation",
        [
            "Netlink", "NetworkState", "NetworkFiles", "Discovery", "Guard", "Nftables", "ProxyConfig", "RuntimeAPI",
            "Addresses", "Diagnostics", "Files", "Syscalls",
        ]
    ),
    library(
        "Doctor",
        [
            "Explanation", "Netlink", "NetworkState", "NetworkHistory", "NetworkFiles", "NetworkWatch", "Discovery",
            "Guard",
            "Nftables", "RuntimeAPI", "ProxyConfig", "PKI", "Recovery", "Addresses", "Diagnostics", "Files", "Syscalls",
            "CLinux",
        ]
    ),
    library(
        "ApplianceCommands",
        [
            "FirstBoot", "Guestinfo", "Recovery", "PKI", "RuntimeAPI", "Explanation", "Doctor", "Discovery",
            "ProxyConfig",
            "Appliance", "OVF", "NetworkFiles",
            "NetworkState",
            "NetworkHistory",
            "NetworkWatch", "Leases", "Netlink", "DataPlaneModel", "Files", "Syscalls", "CLinux",
            "Addresses",
            "Diagnostics", argumentParser, crypto,
        ]
    ),

    // Proxy. None of these links Foundation or SwiftNIO.
    library("HealthChecks"),
    // What ACLs and maps compare with.
    library("Patterns", ["HealthChecks", "Addresses"]),
    library("ProxyConfig", ["Patterns", "HealthChecks", "Diagnostics", "Addresses", "Syscalls"]),
    // Fields, values and texts of `show stat` and `show info`.
    library("ProxyStatistics"),
    // What the proxy serves by HTTP itself: values and pure functions.
    library("ProxyPages", ["ProxyStatistics", "HealthChecks", "Addresses"]),
    library(
        "ProxyEngine",
        ["ProxyPages", "ProxyStatistics", "Patterns", "HealthChecks", "CTLS", "CLinux", "Syscalls", "Addresses"]
    ),
    library("RuntimeAPI", ["CLinux", "Syscalls", "Addresses"]),
    library(
        "ProxyDaemon",
        [
            "ProxyConfig", "ProxyEngine", "ProxyPages", "ProxyStatistics", "Patterns", "HealthChecks", "RuntimeAPI",
            "Diagnostics", "Addresses", "Syscalls", "Files", "CLinux",
        ]
    ),

    // The readers of foreign bytes under libFuzzer (`make fuzz`); not shipped.
    library("Fuzzing", ["ProxyConfig", "ProxyEngine"]),

    // Data Plane API: the model (resources, versions, transactions) without SwiftNIO, and HTTP on top of it.
    library(
        "DataPlaneModel",
        ["Addresses", "ProxyConfig", "NetworkFiles", "RuntimeAPI", "Passwords", "Files", "Syscalls", "Diagnostics"]
    ),
    library(
        "DataPlaneAPI",
        [
            "DataPlaneModel", "ProxyConfig", "Files", "Syscalls", "Addresses", "Diagnostics", "CLinux",
            hummingbirdCore,
            nioCore, nioHTTP1, nioPosix, nioSSL, nioHTTPTypes, httpTypes, logging, serviceLifecycle, unixSignals,
            argumentParser,
        ]
    ),

    // The three programs: thin.
    program("appliance-net", ["ApplianceCommands"]),
    program("appliance-proxyd", ["ProxyDaemon"]),
    program("appliance-dataplaned", ["DataPlaneAPI"]),

    // Measures; not shipped.
    program("bench-net", ["NetworkState", "NetworkFiles", "Addresses", "Files", "Syscalls", "CLinux"]),
    program("bench-guard", ["Guard", "Discovery", "Nftables", "NetworkFiles", "Addresses", "Syscalls", "CLinux"]),
    program("lbload", ["Syscalls", "CLinux"]),

    // Tests.
    .target(
        name: "TestSupport",
        dependencies: ["CLinux", "Syscalls", "Files"],
        path: "Tests/TestSupport",
        swiftSettings: settings
    ),
    // The appliance that the tests of the network have in common.
    .target(
        name: "NetworkTestSupport",
        dependencies: ["TestSupport", "NetworkFiles", "Files"],
        path: "Tests/NetworkTestSupport",
        swiftSettings: settings
    ),
    tests("Addresses", []),
    tests("Diagnostics", []),
    tests("Files", ["Syscalls"]),
    tests("Passwords", []),
    tests("Netlink", ["Addresses", "Syscalls", "CMnl", "CLinux"]),
    tests("Discovery", ["Netlink", "Addresses", "Syscalls", "CLinux"]),
    tests("Nftables", ["Netlink", "Addresses"]),
    tests("Guard", ["Nftables", "Netlink", "NetworkFiles", "Addresses", "Syscalls"]),
    tests("Leases", ["Addresses", "Files"]),
    tests("NetworkFiles", ["Leases", "Addresses", "Diagnostics", "Files"]),
    tests(
        "NetworkState",
        [
            "NetworkTestSupport", "Guard", "Nftables", "NetworkFiles", "Netlink", "Addresses", "Diagnostics", "Files",
            "Syscalls",
        ]
    ),
    tests(
        "NetworkHistory",
        [
            "NetworkTestSupport", "NetworkState", "NetworkFiles", "Netlink", "Addresses", "Diagnostics", "Files",
            "Syscalls",
        ]
    ),
    tests(
        "NetworkWatch",
        [
            "NetworkTestSupport", "NetworkState", "NetworkHistory", "NetworkFiles", "Netlink", "Guard", "RuntimeAPI",
            "Discovery", "Files", "Addresses", "Syscalls", "CLinux",
        ]
    ),
    tests("Guestinfo", ["Files"]),
    tests("OVF", ["Diagnostics"]),
    tests("Appliance", ["OVF", "Addresses", "Diagnostics"]),
    tests("PKI", ["NetworkFiles", "Addresses", "Files", "Syscalls", x509]),
    tests(
        "Recovery",
        [
            "NetworkTestSupport", "Appliance", "NetworkFiles", "NetworkHistory", "PKI", "Addresses", "Diagnostics",
            "Files", "Syscalls",
        ]
    ),
    tests(
        "FirstBoot",
        [
            "NetworkTestSupport", "Guestinfo", "Syscalls", "Passwords", "Appliance", "OVF", "NetworkFiles", "PKI",
            "Recovery", "Addresses", "Diagnostics", "Files",
        ]
    ),
    tests(
        "ApplianceCommands",
        [
            "NetworkTestSupport", "Guard", "PKI", "NetworkWatch", "Addresses", "NetworkFiles", "NetworkHistory",
            "Files",
            "Syscalls", "CLinux",
            "Appliance", "OVF", "Diagnostics", "Recovery", argumentParser,
        ]
    ),
    tests(
        "Explanation",
        [
            "NetworkTestSupport", "Netlink", "NetworkState", "NetworkFiles", "ProxyConfig", "Addresses", "Files",
            "Syscalls",
        ]
    ),
    tests(
        "Doctor",
        ["Explanation", "NetworkTestSupport", "NetworkState", "NetworkFiles", "PKI", "Addresses", "Files", "Syscalls"]
    ),
    tests("HealthChecks", []),
    tests("ProxyPages", ["ProxyStatistics", "HealthChecks", "Addresses"]),
    tests("ProxyConfig", ["HealthChecks", "Diagnostics", "Addresses", "Syscalls"]),
    tests("ProxyEngine", ["Patterns", "HealthChecks", "Addresses", "Syscalls", "CLinux"]),
    tests("ProxyDaemon", ["ProxyConfig", "ProxyEngine", "RuntimeAPI", "Addresses", "Syscalls"]),
    tests("RuntimeAPI", ["Syscalls", "Addresses"]),
    tests("DataPlaneModel", ["ProxyConfig", "RuntimeAPI", "Passwords", "Files", "Syscalls"]),
    tests(
        "DataPlaneAPI",
        [
            "DataPlaneModel", "RuntimeAPI", "Files", "Syscalls", hummingbirdCore, nioCore, nioEmbedded,
            httpTypes, logging, argumentParser, "Diagnostics",
        ]
    ),
    tests("lbload", []),
    .testTarget(name: "LabTests", dependencies: ["TestSupport"], swiftSettings: settings),
]

// MARK: - Slices

/// `APPLIANCE_NET_SLICE=proxy swift build --build-tests` builds one part of the house without the dependencies of the
/// others: SwiftNIO and swift-certificates take minutes that work on the proxy or on netlink need not wait for.
let base = [
    "CLinux", "Syscalls", "Diagnostics", "Addresses", "Files", "TestSupport", "AddressesTests", "DiagnosticsTests",
    "FilesTests", "CCrypt", "Passwords", "PasswordsTests",
]
let net = [
    "CMnl", "CNftnl", "Netlink", "Nftables", "Discovery", "NetworkFiles", "Guard", "NetworkState", "NetworkHistory",
    "RuntimeAPI", "NetworkWatch", "NetlinkTests", "NftablesTests", "GuardTests", "DiscoveryTests",
    "NetworkTestSupport", "Leases", "LeasesTests",
    "NetworkFilesTests", "NetworkStateTests", "NetworkHistoryTests",
    "NetworkWatchTests", "bench-net", "bench-guard",
]
let slices: [String: [String]] = [
    "net": base + net,
    "proxy": base + [
        "CTLS", "HealthChecks", "Patterns", "ProxyStatistics", "ProxyConfig", "ProxyPages", "ProxyEngine",
        "RuntimeAPI", "ProxyDaemon", "appliance-proxyd", "lbload", "lbloadTests", "HealthChecksTests",
        "ProxyConfigTests", "ProxyPagesTests", "ProxyEngineTests", "ProxyDaemonTests",
    ],
    "boot": base + net + [
        "HealthChecks", "Patterns", "ProxyConfig", "DataPlaneModel", "Guestinfo", "GuestinfoTests", "OVF", "Appliance",
        "PKI",
        "CZstd", "Recovery", "RecoveryTests", "FirstBoot", "Explanation",
        "ExplanationTests", "Doctor", "DoctorTests", "ApplianceCommands",
        "appliance-net",
        "OVFTests",
        "ApplianceTests",
        "PKITests", "FirstBootTests", "ApplianceCommandsTests",
    ],
    "fuzz": [
        "CLinux", "CTLS", "HealthChecks", "Patterns", "Syscalls", "Diagnostics", "Addresses", "ProxyConfig",
        "ProxyStatistics", "ProxyPages", "ProxyEngine", "Fuzzing",
    ],
    "lab": ["CLinux", "Syscalls", "Files", "Diagnostics", "Addresses", "TestSupport", "LabTests"],
    "api": base + [
        "HealthChecks", "Patterns", "ProxyConfig", "Leases", "NetworkFiles", "RuntimeAPI", "DataPlaneModel",
        "DataPlaneAPI",
        "appliance-dataplaned",
        "DataPlaneModelTests", "RuntimeAPITests", "NetworkFilesTests",
        "DataPlaneAPITests",
    ],
]

/// Packages that a slice needs; the others are left out of it.
let slicePackages: [String: [String]] = [
    "boot": ["swift-argument-parser", "swift-certificates", "swift-asn1", "swift-crypto"],
    "api": [
        "hummingbird", "swift-nio", "swift-nio-ssl", "swift-nio-extras", "swift-http-types", "swift-log",
        "swift-service-lifecycle",
        "swift-argument-parser",
    ],
]

let slice = getenv("APPLIANCE_NET_SLICE").map { String(cString: $0) }
let kept = slice.flatMap { slices[$0] }.map { Set($0) }

let package = Package(
    name: "appliance-net",
    products: [],
    dependencies: dependencies.filter { dependency in
        guard let slice else { return true }
        guard case .sourceControl(_, let location, _) = dependency.kind else { return true }
        return (slicePackages[slice] ?? []).contains { location.hasSuffix("/" + $0) }
    },
    targets: targets.filter { kept?.contains($0.name) ?? true },
    swiftLanguageModes: [.v6]
)
