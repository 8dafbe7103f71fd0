/// The commands of the appliance we succeed, as names of this program: scripts and runbooks call them.
enum FormerName: String, CaseIterable {
    case anyIPRoutes = "anyiproutectl"
    case routeTables = "routetablectl"

    /// The name this program was started under; nil if it is none of them.
    init?(program: String) {
        self.init(rawValue: String(program.split(separator: "/").last ?? ""))
    }

    /// What the arguments mean in ours; nil where they have to be shown the usage.
    ///
    /// `up` sets everything right, since a half that is not touched is right already. Likewise one `watch` serves both
    /// halves: the other name's, whose unit expects it to stay, stands by.
    func arguments(_ given: [String]) -> [String]? {
        switch given {
        case ["up"]: ["up"]
        case ["down"]: ["down", "--only", self == .anyIPRoutes ? "ranges" : "tables"]
        case ["watch"]: ["watch", "--stand-by"]
        default: nil
        }
    }

    var usage: String { "usage: \(rawValue) up | down | watch\n(another name of appliance-net)" }
}
