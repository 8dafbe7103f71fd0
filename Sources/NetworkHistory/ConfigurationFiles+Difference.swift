extension ConfigurationFiles {
    /// What became different, as diff(1) shows it: per file `--- PATH`, then lines with `-` or `+`.
    ///
    /// - Parameter former: nil: nothing was there.
    public func difference(from former: ConfigurationFiles?) -> [String] {
        entries.flatMap { entry -> [String] in
            let old = former?[entry.path]?.text.map { Self.lines($0) } ?? []
            let new = entry.text.map { Self.lines($0) } ?? []
            let changes = new.difference(from: old)
            guard !changes.isEmpty else { return [] }
            let removed = Set(changes.removals.map { $0.offset })
            let inserted = Set(changes.insertions.map { $0.offset })
            var result = ["--- \(entry.path)"]
            var (i, j) = (0, 0)
            while i < old.count || j < new.count {
                if removed.contains(i) {
                    result.append("-\(old[i])")
                    i += 1
                } else if inserted.contains(j) {
                    result.append("+\(new[j])")
                    j += 1
                } else {
                    (i, j) = (i + 1, j + 1)
                }
            }
            return result
        }
    }

    private static func lines(_ text: String) -> [Substring] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.last?.isEmpty == true ? lines.dropLast() : lines
    }
}

extension CollectionDifference.Change {
    fileprivate var offset: Int {
        switch self {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }
}
