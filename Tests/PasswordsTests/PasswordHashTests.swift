import Passwords
import TestSupport
import Testing

@Suite(.blocking) struct PasswordHashTests {
    @Test(arguments: ["-1", "-5", "-6"])
    func agreesWithOpenSSL(_ method: String) throws {
        let hash = PasswordHash(
            try run("openssl", "passwd", method, "-stdin", input: "s3cret ü\n").dropLast().description
        )
        #expect(hash.matches("s3cret ü"))
        #expect(!hash.matches("s3cret"))
    }

    @Test(arguments: [PasswordHash.Method.sha512, .yescrypt])
    func makesASaltOfItsOwnEachTime(_ method: PasswordHash.Method) throws {
        let one = try PasswordHash.make("example-password", method: method)
        let two = try PasswordHash.make("example-password", method: method)
        #expect(one != two)
        #expect(one.text.hasPrefix(method.rawValue))
        #expect(one.matches("example-password") && two.matches("example-password"))
    }

    @Test(arguments: ["", "*", "!", "ab", "plain", "$9$x$y", "$6$"])
    func knowsWhatIsNoHash(_ text: String) {
        #expect(!PasswordHash(text).matches("plain"))
        #expect(!"\(PasswordHash("$6$salt$secret"))".contains("secret"))
    }
}
