import Diagnostics

/// Names for `ip`: tables as `rtctl_<name>`, each once, and our protocol numbers. Files of our own, so that the
/// distribution's are never edited.
public enum IPRoute2Names {
    public static let tablesPath = "/etc/iproute2/rt_tables.d/appliance-net.conf"
    public static let protocolsPath = "/etc/iproute2/rt_protos.d/appliance-net.conf"

    /// Content of ``tablesPath``.
    public static func tables(_ entries: [RouteTablesFile.Entry]) -> String {
        var text = "# Written by appliance-net from \(RouteTablesFile.path).\n"
        var seen: Set<Int> = []
        for entry in entries.sorted(by: { $0.table.value < $1.table.value })
        where seen.insert(entry.table.value).inserted {
            text += "\(entry.table.value)\t\(RouteTablesFile.namePrefix)\(entry.name.value)\n"
        }
        return text
    }

    /// Content of ``protocolsPath``.
    public static let protocols = "# Written by appliance-net.\n201\tappliance-net\n202\tappliance-base\n"
}
