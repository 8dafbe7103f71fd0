internal import ArgumentParser
internal import DataPlaneModel

extension DataPlaneFlag {
    /// How it is given on the command line.
    var name: NameSpecification {
        NameSpecification((short.map { [.customShort($0)] } ?? []) + [.customLong(rawValue)])
    }
}
