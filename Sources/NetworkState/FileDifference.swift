/// The lines that a change takes out of a file and puts into it, in their order: `-old`, `+new`. What stays is left out.
public func lineDifference(_ old: String, _ new: String) -> [String] {
    let old = lines(old)
    let new = lines(new)
    let difference = new.difference(from: old)
    let removed = Dictionary(uniqueKeysWithValues: difference.removals.map { ($0.offset, $0.element) })
    let inserted = Dictionary(uniqueKeysWithValues: difference.insertions.map { ($0.offset, $0.element) })
    var result: [String] = []
    var (a, b) = (0, 0)
    while a < old.count || b < new.count {
        if let line = removed[a] {
            result.append("-\(line)")
            a += 1
        } else if let line = inserted[b] {
            result.append("+\(line)")
            b += 1
        } else {
            a += 1
            b += 1
        }
    }
    return result
}

/// The nothing after the last line end is no line.
private func lines(_ text: String) -> [Substring] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.last?.isEmpty == true ? lines.dropLast() : lines
}

extension CollectionDifference.Change {
    fileprivate var offset: Int {
        switch self {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }

    fileprivate var element: ChangeElement {
        switch self {
        case .insert(_, let element, _), .remove(_, let element, _): element
        }
    }
}

extension FileState {
    /// One line for a difference: what is not the file's text.
    fileprivate var attributes: String {
        switch self {
        case .absent: "absent"
        case .file(let content): "mode " + String(content.mode, radix: 8)
        case .link(let target): "link to \(target)"
        case .other(let what): what
        }
    }

    /// How to get from this to `new`, line by line.
    func difference(to new: FileState) -> [String] {
        let isPlain: Bool
        switch (self, new) {
        case (.absent, .file), (.file, .absent): isPlain = true
        default: isPlain = attributes == new.attributes
        }
        return (isPlain ? [] : ["-\(attributes)", "+\(new.attributes)"]) + lineDifference(text, new.text)
    }
}
