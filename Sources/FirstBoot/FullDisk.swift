/// What to do about a disk that has no room left, which every step that writes meets.
public enum FullDisk {
    private static let words = ["ENOSPC", "EDQUOT", "No space left on device"]

    /// nil for a failure of another kind.
    ///
    /// - Parameter failure: Of ours or of a program's, in the kernel's words.
    public static func remedy(_ failure: String) -> String? {
        guard words.contains(where: { failure.contains($0) }) else { return nil }
        return "the disk is full: free space (du -x / tells what takes it, journalctl --vacuum-size=100M gives some "
            + "back) or enlarge it, then systemctl restart appliance-firstboot"
    }
}
