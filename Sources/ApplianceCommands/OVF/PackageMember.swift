/// A file that comes with a descriptor, read once.
struct PackageMember {
    var name: String
    var size: Int
    /// SHA-256 in lower-case hexadecimal.
    var digest: String
    /// nil for those that are only weighed.
    var content: [UInt8]?

    /// Descriptors and manifests are kilobytes; disks are not kept.
    static let largestKept = 1 << 20

    static func isKept(_ name: String, _ size: Int) -> Bool {
        (name.hasSuffix(".ovf") || name.hasSuffix(".mf")) && size <= largestKept
    }
}
