extension StringProtocol {
    /// Without blanks, tabs and line ends at both ends.
    public var trimmed: String {
        let kept = drop { $0.isWhitespace }
        guard let last = kept.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(kept[...last])
    }
}
