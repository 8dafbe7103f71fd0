internal import HealthChecks
internal import Patterns

extension Worker {
    /// `regsub(<regex>,<subst>[,<flags>])`: what the expression matches is replaced, once or, with `g`, wherever it does.
    /// Nothing comes out where that takes more than ``PatternPlaces/mostSteps``.
    mutating func replaced(_ text: UnsafeRawBufferPointer, _ entry: UnsafePointer<ConverterEntry>) -> Sample? {
        guard let places = entry.pointee.places else { return nil }
        let replacement = entry.pointee.text(1)
        let isGlobal = entry.pointee.argumentCount > 2 && entry.pointee.text(2).contains(UInt8(ascii: "g"))
        let room = samples.next()
        let scratch = samples.patterns
        var (start, count) = (0, 0)
        var steps = PatternPlaces.mostSteps
        func copy(_ range: Range<Int>) {
            // What there is no room for is left out.
            for index in range where count < SampleDesk.size {
                room[count] = text[index]
                count += 1
            }
        }
        while true {
            let rest = UnsafeRawBufferPointer(rebasing: text[start...])
            let isFirst = start == 0
            guard isGlobal || isFirst, places.pointee.find(rest, isBeginning: isFirst, scratch, steps: &steps) else {
                if steps < 0 { return nil }
                copy(start..<text.count)
                break
            }
            let (from, to) = (Int(scratch.places[0]), Int(scratch.places[1]))
            copy(start..<start + from)
            let most = SampleDesk.size - count
            count += PatternReplacement.write(replacement, rest, scratch.places, to: room + count, most: most) ?? 0
            if start >= text.count { break }
            start += to
            if to == 0 {
                // In front of a byte; the next one may be behind it.
                copy(start..<start + 1)
                start += 1
            }
        }
        return .string(UnsafeRawBufferPointer(start: room, count: count))
    }
}
