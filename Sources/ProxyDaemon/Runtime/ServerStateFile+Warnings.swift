extension ServerStateFile {
    /// What is said of files that count for nothing, where they are only looked at: once of each.
    static func warnings(_ places: [Place]) -> [String] {
        var seen: Set<String> = []
        return places.compactMap { place in
            guard seen.insert(place.path).inserted else { return nil }
            do throws(Problem) {
                _ = try ServerStateFile(at: place.path, hasRows: false)
                return nil
            } catch {
                return String(place.words(error).dropFirst("config : ".count))
            }
        }
    }
}
