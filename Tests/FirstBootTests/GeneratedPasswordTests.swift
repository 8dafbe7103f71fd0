import Appliance
import Files
import Syscalls
import TestSupport
import Testing

@testable import FirstBoot

@Suite(.blocking) struct GeneratedPasswordTests {
    /// Asked every few seconds: it is found out again when a file has been written, and not before.
    @Test func isReadAgainWhenAFileTells() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            _ = FirstBoot.run(try FirstBootTests.context(root: directory))
            let made = GeneratedPassword(user: "admin", password: .init("example-password"))
            try made.write(root)
            var reader = GeneratedPasswordReader(root)
            #expect(try reader.read() == made)

            // The same marks: nobody has written it, as far as can be told without reading it.
            let path = root[ProxyConfigurationStep.path]
            try run("cp", "-p", path, path + ".before")
            try run("sed", "--in-place", "s/ user admin / user other /", path + ".before")
            try run("touch", "--reference", path, path + ".before")
            try run("sh", "-c", "cat \"$1.before\" | dd of=\"$1\" conv=notrunc 2>/dev/null", "sh", path)
            try run("touch", "--reference", path + ".before", path)
            #expect(try reader.read() == made)
            #expect(try GeneratedPassword.inEffect(root) == nil)

            try run("touch", path)
            #expect(try reader.read() == nil)
            try run("sed", "--in-place", "s/ user other / user admin /", path)
            #expect(try reader.read() == made)
            try GeneratedPassword.remove(root)
            #expect(try reader.read() == nil)
        }
    }
}
