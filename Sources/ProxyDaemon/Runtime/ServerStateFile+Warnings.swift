internal import Glibc

extension ServerStateFile {
    /// What is said of files that count for nothing, where they are only looked at: once of each.
    static func warnings(_ places: [Place]) -> [String] {
        var seen: Set<String> = []
        return places.compactMap { place in
            guard seen.insert(place.path).inserted, canBeReadAgain(place.path) else { return nil }
            do throws(Problem) {
                _ = try ServerStateFile(at: place.path, hasRows: false)
                return nil
            } catch {
                return String(place.words(error).dropFirst("config : ".count))
            }
        }
    }

    /// It is read once more when it is applied: what somebody writes into a pipe is there once.
    private static func canBeReadAgain(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) < 0 || status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == S_IFDIR
    }
}
