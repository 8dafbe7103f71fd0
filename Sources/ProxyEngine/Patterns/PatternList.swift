internal import Patterns

/// The references of a plan with their numbers, in the order of these.
struct PatternList {
    struct Listed {
        let reference: PatternReference
        fileprivate(set) var number: Int
        /// Conditions look through it; converters do.
        fileprivate(set) var isACL = false
        fileprivate(set) var isMap = false
        fileprivate(set) var description: String
    }

    private(set) var all: [Listed] = []

    /// A use and the line of the configuration it stands in.
    typealias Place = (use: PatternUse, file: String, line: Int)

    /// - Parameter places: In the order of the configuration.
    init(_ places: [Place]) {
        var known: [ObjectIdentifier: Int] = [:]
        for place in places {
            let reference = place.use.reference
            let index: Int
            if let place = known[ObjectIdentifier(reference)] {
                index = place
                all[index].description += ", "
            } else {
                index = all.count
                known[ObjectIdentifier(reference)] = index
                let path = reference.path
                let beginning = path.map { "pattern loaded from file '\($0)' used " } ?? ""
                all.append(Listed(reference: reference, number: place.use.source.number ?? -1, description: beginning))
            }
            let kind = place.use.isMap || place.use.source.hasValues ? "map" : "acl"
            all[index].description +=
                reference.path != nil
                ? "by \(kind) at file '\(place.file)' line \(place.line)"
                : "acl '\(place.use.source.keyword)' file '\(place.file)' line \(place.line)"
            if place.use.isMap || place.use.source.hasValues { all[index].isMap = true }
            if !place.use.isMap { all[index].isACL = true }
        }
        let taken = Set(all.map { $0.number })
        var next = 0
        for index in all.indices where all[index].number < 0 {
            while taken.contains(next) { next += 1 }
            all[index].number = next
            next += 1
        }
        all.sort { $0.number < $1.number }
    }

    /// By number, as `#2`, or by file.
    func find(_ name: String) -> Listed? {
        guard name.hasPrefix("#") else { return all.first { $0.reference.path == name } }
        let digits = name.dropFirst()
        guard let number = digits.isEmpty ? 0 : Int(digits) else { return nil }
        return all.first { $0.number == number }
    }
}
