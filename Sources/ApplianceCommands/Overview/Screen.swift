internal import Glibc

/// Columns and lines of the terminal on standard output.
struct TerminalSize: Equatable {
    var width: Int
    var height: Int

    /// nil if it is no terminal, or one that does not know.
    static func ask() -> TerminalSize? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return TerminalSize(width: Int(size.ws_col), height: Int(size.ws_row))
    }
}

/// Shows a page in the place of the last one.
struct Screen {
    private var shown: [String] = []
    private var size: TerminalSize?
    private var age = 0

    /// Pages after which all is drawn again: the kernel writes its messages over the page.
    private static let oldest = 10

    mutating func show(_ page: ConsolePage) {
        let now = TerminalSize.ask()
        // The last line stays empty: a terminal that is filled to its end would scroll.
        let lines = page.lines(width: now?.width ?? 80, height: now.map { max($0.height - 1, 1) })
        age += 1
        guard lines != shown || now != size || age >= Self.oldest else { return }
        if now == nil {
            // A file, or a serial line: one page below the other, each once.
            if lines != shown { Console.data(lines.joined(separator: "\n") + "\n") }
        } else {
            Console.data(Self.drawing(lines))
        }
        (shown, size, age) = (lines, now, 0)
    }

    /// Home, each line in the place of the old one, then nothing below. A line is taken away before the next one is written:
    /// behind one that fills the screen's width the terminal would take its last character away.
    static func drawing(_ lines: [String]) -> String {
        "\u{1b}[H" + lines.map { "\u{1b}[K" + $0 }.joined(separator: "\n") + "\n\u{1b}[J\u{1b}[A"
    }
}
