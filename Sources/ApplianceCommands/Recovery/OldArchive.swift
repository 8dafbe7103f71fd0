internal import Diagnostics
internal import Recovery
internal import Syscalls

/// A tar archive that somebody has packed of an old appliance.
struct OldArchive {
    let path: String

    /// Most bytes that are unpacked, and most members.
    private static let largest = 256 << 20
    private static let mostMembers = 20000
    private static let wanted = ["*etc/haproxy*", "*etc/vmware*", "*etc/ssh/ssh_host_*"]

    /// Unpacks what is an appliance's into a directory. Its members are looked at first: files, directories and links
    /// only, and no more than an appliance has. Tar itself writes neither above the directory nor through links; where
    /// the links lead to is for whoever reads them.
    func unpack(_ directory: String) throws {
        let members = try tar(["--list", "--verbose", "--numeric-owner"])
        if let problem = Self.problem(members) { throw unusable(problem) }
        _ = try tar(["--extract", "--no-same-owner", "--no-same-permissions", "--directory", directory])
    }

    private func unusable(_ reason: String) -> DiagnosticsError {
        DiagnosticsError([RestoreError("\(path): \(reason)", remedy: Self.remedy).diagnostic])
    }

    private static let remedy = "give a tar archive of /etc/haproxy and /etc/vmware"

    private func tar(_ arguments: [String]) throws -> String {
        let command = ["env", "LC_ALL=C", "timeout", "--kill-after=5", "60", "tar"] + arguments
        let result = try Subprocess.run(command + ["--force-local", "--file", path, "--wildcards"] + Self.wanted)
        // One of the patterns may have no member.
        let isMissing = result.errors.split(separator: "\n").allSatisfy {
            $0.hasSuffix("Not found in archive") || $0.hasSuffix("due to previous errors")
                || $0.hasPrefix("tar: Removing leading")
        }
        guard result.status == 0 || (result.status == 2 && isMissing) else {
            if result.status == 124 { throw RestoreError("\(path): no end after 60 s", remedy: Self.remedy) }
            let reason = result.errors.split(separator: "\n").first ?? "tar cannot read it"
            throw unusable(String(reason.hasPrefix("tar: ") ? reason.dropFirst(5) : reason))
        }
        return result.output
    }

    /// What is wrong with a listing of tar(1): `-rw-r--r-- 0/0  12 2026-11-22 00:00 etc/haproxy/ca.crt` in each line.
    static func problem(_ listing: String) -> String? {
        let lines = listing.split(separator: "\n")
        if lines.count > mostMembers { return "it has \(lines.count) members, too many for an appliance" }
        var total = 0
        for line in lines {
            let fields = line.split(separator: " ", maxSplits: 5)
            guard fields.count == 6, let kind = line.first, "-dlh".contains(kind), let size = Int(fields[2]), size >= 0
            else { return "it holds what is neither file, directory nor link: \(fields.last ?? line)" }
            let name = fields[5].split(separator: " -> ").first ?? fields[5]
            // A leading slash is taken off by tar.
            if name.split(separator: "/").contains("..") {
                return "it holds a name that leads out of it: \(name)"
            }
            (total, _) = total.addingReportingOverflow(size)
            if total > largest || size > largest { return "it is larger than an appliance's files are" }
        }
        return nil
    }
}
