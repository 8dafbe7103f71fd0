import Files
import Syscalls
import TestSupport
import Testing

/// What executes the runbooks: it has to see every difference.
@Suite(.blocking) struct RunbookHarnessTests {
    private static let page = """
        # A page

        Prose, and `code`.

        ```
        # not a step
        ```

        ## First

        ```console
        # echo number 7; echo "a b  "
        number <n>
        a b
        # echo one two three && \\
        echo <n>
        one … three
        <n>
        ```

        ## Second

        ```console control exit=3
        $ cat <<END; exit 3
        > x <given>
        > END
        x <given>
        ```

        ```console
        # seq 5
        1
        …
        5
        # true
        ```

        """

    private func execute(_ page: String) throws -> [String: String] {
        try Runbook(text: page, file: "page.md").execute(["given": "value"]) { _, arguments in
            try Subprocess.run(arguments)
        }
    }

    @Test func readsTheSteps() throws {
        let steps = try Runbook(text: Self.page, file: "page.md").steps
        #expect(steps.map(\.section) == ["First", "First", "Second", "Second", "Second"])
        #expect(steps.map(\.node) == ["appliance", "appliance", "control", "appliance", "appliance"])
        #expect(steps.map(\.status) == [0, 0, 3, 0, 0])
        #expect(steps.map(\.line) == [12, 15, 24, 31, 35])
        #expect(steps[1].command == "echo one two three && \\\necho <n>")
        #expect(steps[2].expected == ["x <given>"])
    }

    @Test func executesThem() throws {
        #expect(try execute(Self.page) == ["given": "value", "n": "7"])
    }

    @Test(arguments: [
        ("one … three", "one … four"), ("5\n# true", "6\n# true"), ("# true", "# echo surplus"),
        ("exit=3", "exit=4"), ("…\n5", "5"), ("a b\n", ""), ("x <given>\n```", "y <given>\n```"),
        ("one … three\n<n>", "one … three\n<n>1"),
    ])
    func seesADifference(_ old: String, _ new: String) throws {
        let changed = Self.page.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
            .joined(separator: new)
        #expect(changed != Self.page)
        #expect(throws: RunbookMismatch.self) { try execute(changed) }
    }

    @Test func aPageWithoutStepsIsNotTested() throws {
        #expect(throws: RunbookMismatch.self) { try execute("# A page\n\n```\n# true\n```\n") }
        #expect(throws: RunbookMismatch.self) { try execute("```console\noutput first\n```\n") }
    }
}
