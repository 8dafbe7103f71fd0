/// A file as it should be: a value computed from the configuration alone.
public struct DesiredFile: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        /// All of it is ours.
        case whole(String)
        /// Only the lines that end with `mark` are ours; all others are the admin's. A file that is not there begins
        /// with `template`.
        case lines([String], mark: String, template: String)
        /// Ours, and not wanted.
        case absent
    }

    public var path: String
    public var content: Content

    public init(_ path: String, _ content: Content) {
        self.path = path
        self.content = content
    }

    /// What is at the path once it is as it should be; `current` itself if it is.
    func wanted(from current: FileState) -> FileState {
        switch content {
        case .absent:
            return .absent
        case .whole(let text):
            let wanted = FileContent(text: text)
            return current.content.map { $0.bytes == wanted.bytes && $0.mode == wanted.mode } == true
                ? current : .file(wanted)
        case .lines(let lines, let mark, let template):
            guard var content = current.content else {
                return .file(FileContent(text: Self.replacing(template, mark: mark, with: lines)))
            }
            let text = Self.replacing(current.text, mark: mark, with: lines)
            if text == current.text { return current }
            content.bytes = Array(text.utf8)
            return .file(content)
        }
    }

    /// `text` with the lines that end with `mark` replaced, where the first of them stands or else at the end.
    static func replacing(_ text: String, mark: String, with lines: [String]) -> String {
        var kept = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        if kept.last == "" { kept.removeLast() }
        let place = kept.firstIndex { $0.hasSuffix(mark) } ?? kept.count
        kept.removeAll { $0.hasSuffix(mark) }
        kept.insert(contentsOf: lines.map { "\($0) \(mark)" }, at: place)
        return kept.map { $0 + "\n" }.joined()
    }
}
