import Netlink

extension Difference {
    mutating func compareHostName() {
        // Not read where the kernel's name is none of our business.
        guard let wanted = desired.hostname, let current = actual.hostname else { return }
        if current == wanted {
            note(.hostname, wanted, .inSync)
        } else {
            note(.hostname, wanted, .different, "is \(current)")
            run(.file, .setHostName(from: current, to: wanted))
        }
    }

    mutating func compareFiles() {
        for file in desired.files {
            guard let current = actual.files[file.path] else { continue }
            if case .other(let what) = current {
                block(.file, file.path, "it is \(what)", remedy: "move it out of the way; apply writes the file")
                continue
            }
            let wanted = file.wanted(from: current)
            if wanted == current {
                if wanted != .absent { note(.file, file.path, .inSync) }
                continue
            }
            note(.file, file.path, current == .absent ? .missing : wanted == .absent ? .surplus : .different)
            run(.file, .setFile(file.path, from: current, to: wanted))
        }
    }
}
