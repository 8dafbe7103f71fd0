internal import NetworkState

extension ConfigurationFiles {
    /// What became different, as diff(1) shows it: per file `--- PATH`, then lines with `-` or `+`.
    ///
    /// - Parameter former: nil: nothing was there.
    public func difference(from former: ConfigurationFiles?) -> [String] {
        entries.flatMap { entry -> [String] in
            let lines = lineDifference(former?[entry.path]?.text ?? "", entry.text ?? "")
            return lines.isEmpty ? [] : ["--- \(entry.path)"] + lines
        }
    }
}
