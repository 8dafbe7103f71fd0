/// The files as they are at one moment, or as they will be after the steps of a plan.
struct PKIFiles: Sendable, Hashable {
    /// By path; those that are not there are absent.
    private var texts: [String: String] = [:]
    /// Whether ``PKIPaths/caKeyLink`` is a link, whatever it holds.
    var hasLink = false

    subscript(_ path: String) -> String? {
        get { texts[path] }
        set { texts[path] = newValue }
    }
}
