/// A line of a runtime socket, split as HAProxy does: words between blanks, commands between semicolons; a backslash takes
/// the meaning from what follows it (management guide, 9.3).
struct RuntimeLine {
    private(set) var commands: [[String]] = [[]]

    init(_ line: some StringProtocol) {
        var word = ""
        var isWord = false
        var isEscaped = false
        func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || scalar == "\r" }
        var commands: [[String]] = [[]]
        func end() {
            if isWord { commands[commands.count - 1].append(word) }
            (word, isWord) = ("", false)
        }
        for scalar in line.unicodeScalars {
            if isEscaped {
                word.unicodeScalars.append(scalar)
                (isEscaped, isWord) = (false, true)
            } else if scalar == "\\" {
                isEscaped = true
            } else if isBlank(scalar) {
                end()
            } else if scalar == ";" {
                end()
                commands.append([])
            } else {
                word.unicodeScalars.append(scalar)
                isWord = true
            }
        }
        end()
        self.commands = commands
    }

    /// The commands of a line as they stand there.
    static func parts(_ line: some StringProtocol) -> [String] {
        var parts = [""]
        var isEscaped = false
        for scalar in line.unicodeScalars {
            if !isEscaped, scalar == ";" {
                parts.append("")
                continue
            }
            isEscaped = !isEscaped && scalar == "\\"
            parts[parts.count - 1].unicodeScalars.append(scalar)
        }
        return parts
    }

    /// The last word announces lines that belong to the command (`<<`), up to an empty one.
    static func announcesPayload(_ line: some StringProtocol) -> Bool {
        let text = line.hasSuffix("\r") ? line.dropLast() : line[...]
        return text.hasSuffix(" <<")
    }
}
