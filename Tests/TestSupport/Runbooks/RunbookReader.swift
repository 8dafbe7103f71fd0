/// Takes the steps out of a page.
struct RunbookReader {
    private var steps: [Runbook.Step] = []
    private var section = ""

    static func read(_ text: String, file: String) throws(RunbookMismatch) -> [Runbook.Step] {
        var reader = RunbookReader()
        let lines = RunbookPattern.lines(text)
        var index = 0
        while index < lines.count {
            let line = lines[index]
            if line.hasPrefix("```") {
                let end = lines[(index + 1)...].firstIndex(of: "```") ?? lines.endIndex
                let words = line.dropFirst(3).split(separator: " ").map { String($0) }
                if words.first == "console" {
                    try reader.read(lines[(index + 1)..<end], Array(words.dropFirst()), file: file)
                }
                index = end
            } else if line.hasPrefix("#") {
                reader.section = String(line.drop { $0 == "#" || $0 == " " })
            }
            index += 1
        }
        return reader.steps
    }

    private mutating func read(_ block: ArraySlice<String>, _ words: [String], file: String) throws(RunbookMismatch) {
        var node = "appliance"
        var status = 0
        for word in words {
            guard word.hasPrefix("exit=") else {
                node = word
                continue
            }
            status = Int(word.dropFirst("exit=".count)) ?? -1
        }
        let first = steps.count
        var goesOn = false
        for (index, line) in zip(block.indices, block) {
            if goesOn {
                steps[steps.count - 1].command += "\n" + line
            } else if line.hasPrefix("# ") || line.hasPrefix("$ ") {
                let step = Runbook.Step(
                    line: index + 1,
                    section: section,
                    node: node,
                    status: status,
                    command: String(line.dropFirst(2)),
                    expected: []
                )
                steps.append(step)
            } else if steps.count == first {
                throw RunbookMismatch(place: "\(file):\(index + 1)", problem: "a block begins with its command: # …")
            } else if line.hasPrefix("> "), steps[steps.count - 1].expected.isEmpty {
                steps[steps.count - 1].command += "\n" + line.dropFirst(2)
            } else {
                steps[steps.count - 1].expected.append(RunbookPattern.trimmed(line))
                continue
            }
            goesOn = line.hasSuffix("\\")
        }
    }
}
