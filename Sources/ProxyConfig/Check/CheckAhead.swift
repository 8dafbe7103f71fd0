import Syscalls

/// The check of the latter half of thousands of proxies by a second thread.
///
/// What it finds is taken over as from an earlier check. Where something above a section is not as it seemed, the section
/// is checked again in its turn.
final class CheckAhead {
    /// What the thread begins with; nobody else has it.
    private struct Start: @unchecked Sendable {
        var checker: Checker
        let sections: ArraySlice<Section>
    }

    private let places: Range<Int>
    private let work: Beside<[CheckedSection?]>

    /// Begins at the middle of `proxies`; nil if there are too few.
    ///
    /// - Parameter checker: Has read the first of them.
    init?(_ checker: Checker, _ sections: [Section], _ proxies: Range<Int>) {
        guard proxies.count >= checker.leastAhead, !checker.blocks.isOpen else { return nil }
        let middle = proxies.lowerBound + proxies.count / 2
        places = middle..<proxies.upperBound
        let between = sections[(proxies.lowerBound + 1)..<middle]
        let lines = between.reduce(0) { $0 + $1.leading.count + 1 + $1.lines.count }
        let start = Start(checker: checker.continued(after: lines), sections: sections[places])
        work = Beside {
            var start = start
            return start.checker.found(of: start.sections)
        }
    }

    /// What was found of the section at this place, with its number among `names`; nil if it is to be checked.
    func take(_ place: Int, _ names: inout ProxyNames) -> CheckedSection? {
        guard places.contains(place) else { return nil }
        let found = work.value()
        guard place - places.lowerBound < found.count, let section = found[place - places.lowerBound] else {
            return nil
        }
        section.nameNumber = names.number(of: section.name)
        return section
    }
}
