import Glibc
import Syscalls
import TestSupport
import Testing

/// One lab of `scripts/lab`, known by its `LAB_ID`. The programs in it are those that were built with the tests.
struct Lab: Sendable {
    let id: String

    static let repository = String(#filePath.dropLast("/Tests/LabTests/Lab.swift".count))
    static let example = repository + "/ovf/examples/frontend.ovf-env.xml"

    /// `scripts/lab` with `arguments`, whatever its exit code.
    func command(_ arguments: String...) throws -> Subprocess.Result { try command(arguments) }

    func command(_ arguments: [String]) throws -> Subprocess.Result {
        try Subprocess.run(
            [Lab.repository + "/scripts/lab"] + arguments,
            environment: ["LAB_ID=" + id, "APPLIANCE_NET_BIN=" + builtProgram("")]
        )
    }

    /// The standard output of a program inside `node`; a status other than 0 is an error.
    @discardableResult
    func exec(_ node: String, _ arguments: String...) throws -> String { try exec(node, arguments) }

    @discardableResult
    func exec(_ node: String, _ arguments: [String]) throws -> String {
        let result = try command(["exec", node] + arguments)
        try #require(result.status == 0, "\(arguments): \(result.errors)\(result.output)")
        return result.output
    }

    /// The namespaces of one node, as the kernel names them: `net:[4026532001]`.
    func namespaces(of node: String) throws -> [String] {
        try exec(node, "readlink", "/proc/self/ns/net", "/proc/self/ns/mnt", "/proc/self/ns/uts", "/proc/self/ns/pid")
            .split(separator: "\n").map(String.init)
    }
}

/// Builds a lab with `scripts/lab up arguments…`, and takes it down whatever `body` does.
func withLab(_ name: String, _ arguments: String..., body: (Lab) throws -> Void) throws {
    let lab = Lab(id: "t\(getpid())-\(name)")
    defer { _ = try? lab.command("down") }
    let up = try lab.command(["up"] + arguments)
    try #require(up.status == 0, "\(up.errors)")
    try body(lab)
}
