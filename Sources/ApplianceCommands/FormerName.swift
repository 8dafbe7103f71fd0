/// The commands of the appliance we succeed, as names of this program: scripts and runbooks call them.
enum FormerName: String, CaseIterable {
    case anyIPRoutes = "anyiproutectl"
    case routeTables = "routetablectl"
    case support = "haproxy-support"

    /// The name this program was started under; nil if it is none of them.
    init?(program: String) {
        self.init(rawValue: String(program.split(separator: "/").last ?? ""))
    }

    /// What the arguments mean in ours; nil where they have to be shown the usage.
    ///
    /// `up` sets everything right, since a half that is not touched is right already. Likewise one `watch` serves both
    /// halves: the other name's, whose unit expects it to stay, stands by.
    func arguments(_ given: [String]) -> [String]? {
        switch (self, given) {
        case (.support, _): ["support-bundle"] + given
        case (_, ["up"]): ["up"]
        case (_, ["down"]): ["down", "--only", self == .anyIPRoutes ? "ranges" : "tables"]
        case (_, ["watch"]): ["watch", "--stand-by"]
        default: nil
        }
    }

    var usage: String {
        let words = self == .support ? "[OPTIONS of appliance-net support-bundle]" : "up | down | watch"
        return "usage: \(rawValue) \(words)\n(another name of appliance-net)"
    }
}
