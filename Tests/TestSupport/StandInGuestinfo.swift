import Files
import Syscalls

/// A program `vmware-rpctool` for tests: it keeps the variables as files, `DIRECTORY/values/KEY`, and takes the same
/// command lines as the one of open-vm-tools. What it was called with is in `DIRECTORY/calls`, a line each.
///
/// While `DIRECTORY/fails` is there, `info-set` fails with what that file says; while `DIRECTORY/fails-KEY`, that of KEY.
/// While `DIRECTORY/get-fails` has lines, `info-get` takes the first one out and fails with it.
public struct StandInGuestinfo: Sendable {
    public let directory: String

    /// The directory to put in front of PATH.
    public var programs: String { directory + "/bin" }
    public var program: String { programs + "/vmware-rpctool" }

    public init(_ directory: String) throws {
        self.directory = directory
        try run("mkdir", "-p", directory + "/bin", directory + "/values")
        let script = """
            #!/bin/sh
            [ $# -eq 1 ] || { echo "Usage: vmware-rpctool <text>" >&2; exit 1; }
            printf '%s\\n' "$1" >>'\(directory)/calls'
            verb=${1%% *} rest=${1#* }
            key=${rest%% *}
            case $verb in
                info-get)
                    if [ -s '\(directory)/get-fails' ]; then
                        head -n 1 '\(directory)/get-fails' >&2
                        sed -i 1d '\(directory)/get-fails'
                        exit 1
                    fi
                    [ -f '\(directory)/values/'"$key" ] || { echo "No value found" >&2; exit 1; }
                    cat '\(directory)/values/'"$key"
                    echo
                    ;;
                info-set)
                    for file in '\(directory)/fails' '\(directory)/fails-'"$key"; do
                        [ ! -f "$file" ] || { cat "$file" >&2; exit 1; }
                    done
                    # Whole, for who reads it meanwhile.
                    printf '%s' "${rest#* }" >'\(directory)/'"new.$$"
                    mv '\(directory)/'"new.$$" '\(directory)/values/'"$key"
                    ;;
                *)
                    echo "Unknown command" >&2
                    exit 1
                    ;;
            esac

            """
        try AtomicFile.replace(program, with: script, mode: 0o755)
    }

    public func value(_ key: String) throws -> String? { try AtomicFile.readText(directory + "/values/" + key) }

    public func set(_ key: String, _ value: String) throws {
        try AtomicFile.replace(directory + "/values/" + key, with: value)
    }

    /// The texts that it was called with.
    public func calls() throws -> String { try AtomicFile.readText(directory + "/calls") ?? "" }

    /// Whether setting fails from now on: of one variable, or of all.
    public func fails(_ fails: Bool, _ key: String? = nil) throws {
        let file = directory + "/fails" + (key.map { "-" + $0 } ?? "")
        if fails {
            try AtomicFile.replace(file, with: "Permission denied\n")
        } else {
            _ = try AtomicFile.remove(file)
        }
    }

    /// How often reading fails from now on.
    public func failsToRead(_ times: Int) throws {
        let line = "Failed to get the host\n"
        try AtomicFile.replace(directory + "/get-fails", with: String(repeating: line, count: times))
    }
}
