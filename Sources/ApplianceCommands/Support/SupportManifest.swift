/// `manifest.json` of a support bundle: what is in it, and what is not.
struct SupportManifest: Encodable {
    struct Entry: Encodable {
        /// In the bundle.
        var path: String
        var bytes: Int
        /// The file or the command that it comes from.
        var source: String
        /// How many values were taken out.
        var redacted: Int
        /// What is missing or cut.
        var note: String?
    }

    /// RFC 3339, UTC.
    var created: String
    var host: String
    var version: String
    var entries: [Entry]
}
