import Diagnostics
import TestSupport
import Testing

@testable import ProxyConfig

/// Conditional blocks, messages and the environment (configuration manual, sections 2.3 and 2.4).
@Suite struct DirectiveTests {
    /// Expressions that HAProxy 2.6 takes, with their values, and those that it refuses.
    private static let expressions: [(text: String, value: Bool?)] = [
        ("1", true), ("0", false), ("-1", true), ("00", false), ("0x1", true), ("\"\"", false), ("\" 1 \"", true),
        ("(1 || 0) && !(0)", true), ("(1||0)&&!0", true), ("1 && 0 || 1", true), ("!!1", true), ("((1))", true),
        ("defined(PATH)", true), ("defined(NOSUCH)", false), ("! defined(NOSUCH)", true), ("defined", false),
        ("defined( PATH)", false), ("feature(OPENSSL)", true), ("feature(openssl)", false), ("feature(LUA)", true),
        ("streq(a,a)", true), ("streq(a,b)", false), ("streq(a ,a)", false), ("strneq(a,b)", true),
        ("streq('\"a,b\"','\"a,b\"')", true), ("streq(\"$PATH\",\"${PATH}\")", true), ("streq(,)", true),
        ("version_atleast(2.6)", true), ("version_atleast(2.6.12)", true), ("version_atleast(2.6.13)", false),
        ("version_atleast(2.10)", false), ("version_before(2.6-dev1)", false), ("version_before(2.10)", true),
        ("version_atleast(x)", true), ("ssllib_name_startswith(OpenSSL)", true), ("1 # remark", true),
        ("foo(x)", nil), ("5x", nil), ("defined(A,B)", nil), ("streq(a)", nil), ("streq", nil), ("streq(a,b,c)", nil),
        ("enabled(POLL)", nil), ("strstr(abc,b)", nil), ("1||foo", nil), ("0&&foo", nil), ("(1", nil), ("!", nil),
        ("1 2", nil), ("feature(x", nil), ("defined(A)x", nil), ("1)", nil), ("true", nil), ("1&0", nil), ("()", nil),
        ("defined (PATH)", nil), ("\"  \"", nil), ("1&&", nil), ("&& 1", nil),
    ]

    @Test func agreesOnExpressions() throws {
        try withTemporaryDirectory { directory in
            for (text, value) in Self.expressions {
                let configuration = ".if \(text)\n.warning yes\n.endif\n"
                let verdict = try Oracle.check(configuration, in: directory, name: "if.cfg")
                let result = check(configuration)
                let isTaken = result.diagnostics.contains { $0.message == "'yes'." }
                #expect(verdict.isAccepted == (value != nil), "\(text): \(verdict.text)")
                #expect((result.model != nil) == (value != nil), "\(text): \(result.diagnostics)")
                #expect(verdict.text.contains("'yes'.") == (value == true), "\(text)")
                #expect(isTaken == (value == true), "\(text)")
            }
        }
    }

    @Test func speaksOfExpressionsAsHAProxyDoes() throws {
        try withTemporaryDirectory { directory in
            for text in ["foo(x)", "5x", "defined(A,B)", "streq(a)", "1||foo", "1 2", "feature(x", "1)", "true"] {
                let verdict = try Oracle.check(".if \(text)\n.endif\n", in: directory, name: "if.cfg")
                let message = try #require(check(".if \(text)\n.endif\n").diagnostics.first?.message)
                #expect(verdict.text.contains(message), "\(verdict.text)\n\(message)")
            }
        }
    }

    @Test(arguments: [
        ".else\n", ".elif 1\n", ".endif\n", ".if 1\n", ".if 1\n.else\n.else\n.endif\n",
        ".if 1\n.else\n.elif 1\n.endif\n",
        ".if 1\n.else x\n.endif\n", ".if 1\n.endif x\n", ".foo\n", ".IF 1\n", "no .if 1\n", ".warning a b\n",
        ".alert a\n",
        ".notice\n.warning \"\"\n", ".diag x\n", ".if 0\n.elif foo(\n.endif\n", ".if 1\n.elif foo(\n.endif\n",
        ".if 0\n.foo\n foo \"x\n.endif\n", ".if 0\n.alert no\nbackend b x\n foo\n.endif\n",
        ".if 0\n.if 1\n.alert no\n.else\n.alert no\n.endif\n.else\n.warning good\n.endif\n",
        ".if 0\nglobal\n.endif\n maxconn 1\n", "backend b\n.if 1\n balance first\n.else\n balance nosuch\n.endif\n",
        "global\n setenv A 1\n.if streq(\"$A\",1)\n.else\n foo\n.endif\n",
        "global\n presetenv PATH x\n unsetenv PATH\n",
        "global\n setenv A\n", "global\n setenv\n", "global\n unsetenv\n", "global\n presetenv q\n",
        "global\n setenv a=b c\n", "global\n resetenv\n.if defined(PATH)\n foo\n.endif\n",
        "global\n resetenv PATH\n.if !defined(PATH) || defined(HOME)\n foo\n.endif\n",
        "global\n localpeer me\n.if !streq(\"$HAPROXY_LOCALPEER\",me)\n foo\n.endif\n",
        "global\n description \"${NOSUCH-a b}\" \"${NOSUCH[*]-d}\" \"${PATH[*]}\"\n",
        "global\n description \"${A[*}\"\n",
        "global\n description \"${A*}\"\n", "global\n description \"$\"\n", "global\n description \"${}\"\n",
        "global\n description \"${.FILE} ${.LINE} ${.SECTION} ${.NOSUCH}\"\n",
    ])
    func agreesOnDirectives(_ text: String) throws {
        let verdict = try withTemporaryDirectory { try Oracle.check(text, in: $0, name: "h.cfg") }
        let result = check(text)
        #expect((result.model != nil) == verdict.isAccepted, "\(verdict.text)\n\(result.diagnostics)")
        if let error = result.diagnostics.first(where: { $0.severity == .error }) {
            #expect(verdict.text.contains(error.message), "\(verdict.text)\n\(error)")
        }
    }

    @Test func expandsWhatStandsAtTheLine() {
        let text = """
            .notice "${.FILE} ${.LINE} ${.SECTION}"
            global
            .notice "${.LINE} ${.SECTION}"
              setenv A "1 2"
              presetenv A 3
              presetenv B 4
            .notice "$A ${B} ${C-5}"
              unsetenv A
            .notice "${A-gone}"
            backend web
            .notice "${.SECTION}"

            """
        let notes = check(text).diagnostics.filter { $0.severity == .note }.map(\.message)
        #expect(notes == ["'h.cfg 1 '.", "'3 global'.", "'1 2 4 5'.", "'gone'.", "'web'."])
        #expect(check(text).model?.global.environment == ["A": String?.none, "B": "4"])
    }

    @Test func diagnosesOnRequest() {
        var surroundings = Surroundings()
        #expect(ConfigurationFile(".diag hello\n", file: "x").checked(surroundings: surroundings).diagnostics.isEmpty)
        surroundings.isDiagnosing = true
        let result = ConfigurationFile(".diag hello\n", file: "x").checked(surroundings: surroundings)
        #expect(result.diagnostics.map(\.message) == ["'hello'."])
    }

    private func check(_ text: String) -> CheckResult {
        ConfigurationFile(text, file: "h.cfg").checked(surroundings: Oracle.surroundings)
    }
}
