/// Somebody else wrote the file, and the API took it as a new version.
struct HandEdit: Sendable {
    var version: Int
    /// When it was noticed, in seconds since 1970.
    var time: Int
    /// What the check says; nil while nobody has asked it.
    var problems: [String]?
}
