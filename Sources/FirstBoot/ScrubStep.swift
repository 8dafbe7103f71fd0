internal import Files
internal import Glibc
internal import Guestinfo
internal import Syscalls

/// Takes the secrets out of the properties once they are in place: everybody in the virtual machine can read guestinfo.
/// vCenter writes it again at every power-on, so this runs at every boot.
struct ScrubStep: FirstBootStep {
    let name = "scrub"

    func run(_ context: FirstBootContext) throws -> [String] {
        guard !context.filesOnly, let source = context.source else { return [] }
        let changes = try scrub(source, context)
        guard let unread = source.unread else { return changes }
        // Not blindly: what is in it may be in place nowhere.
        throw FirstBootError(
            (changes + ["what vCenter has written counts not yet, and its secrets stay: \(unread)"])
                .joined(separator: "; "),
            remedy: PropertySource.readAgain
        )
    }

    private func scrub(_ source: PropertySource, _ context: FirstBootContext) throws -> [String] {
        switch source.origin {
        case .file, .copy:
            return []
        case .guestinfo(let guestinfo):
            guard context.hasSecretsInPlace else {
                throw FirstBootError(
                    "the secrets stay in \(source.name): not all of them are in place",
                    remedy: "see the failed steps; the next first boot finishes them"
                )
            }
            let keys = try GuestinfoScrub(guestinfo, context.root).begin()
            return keys.isEmpty ? [] : ["took \(keys.joined(separator: ", ")) out of \(source.name)"]
        case .disc(let device):
            guard context.hasSecretsInPlace else { return [] }
            return try eject(device, context)
        }
    }

    private func eject(_ device: String, _ context: FirstBootContext) throws -> [String] {
        context.root.isReal ? try Self.eject(device) : []
    }

    /// A disc cannot be written: it is put out of the drive, and the admin is told to disconnect it.
    ///
    /// - Parameter program: eject(1), which a machine may lack.
    static func eject(_ device: String, program: String = "eject") throws -> [String] {
        let reason: String
        do throws(SystemError) {
            let result = try Subprocess.run([program, device])
            if result.status == 0 {
                return ["ejected \(device); disconnect the CD drive: the properties on it cannot be taken out"]
            }
            let words = result.errors.split(separator: "\n").joined(separator: "; ")
            reason = "eject ended with status \(result.status)" + (words.isEmpty ? "" : ": \(words)")
        } catch {
            reason = "\(error)"
        }
        throw FirstBootError(
            "the disc in \(device), which holds the properties with their secrets, stays there: \(reason)",
            remedy: "disconnect the CD drive in the virtual machine's settings"
        )
    }
}
