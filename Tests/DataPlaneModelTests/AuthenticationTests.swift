import DataPlaneModel
import Files
import Glibc
import Passwords
import TestSupport
import Testing

@Suite(.blocking) struct AuthenticationTests {
    private func configuration(_ user: String) -> String {
        "global\n  master-worker\n\nuserlist controller\n  user admin \(user)\n"
    }

    private func status(_ fixture: Fixture, _ authorization: String?) -> Int {
        fixture.api.respond(to: APIRequest("GET", "/v2/info"), authorization: authorization).status
    }

    @Test(arguments: ["-1", "-5", "-6"]) func acceptsHashesOfOpenSSL(method: String) throws {
        let hash = try run("openssl", "passwd", method, "-stdin", input: "secret\n")
        try withFixture(configuration("password " + hash.filter { $0 != "\n" })) { fixture throws in
            // Twice: the second time comes from memory.
            for _ in 0..<2 { #expect(status(fixture, Fixture.authorization) == 200) }
            #expect(status(fixture, "Basic YWRtaW46d3Jvbmc=") == 401)
        }
    }

    @Test func acceptsYescryptAndRounds() throws {
        let yescrypt = try PasswordHash.make("secret", method: .yescrypt).text
        let rounds = try run("openssl", "passwd", "-6", "-salt", "rounds=5000$abcdefgh", "-stdin", input: "secret\n")
        for hash in [yescrypt, rounds.filter { $0 != "\n" }] {
            try withFixture(configuration("password " + hash)) { fixture throws in
                #expect(status(fixture, Fixture.authorization) == 200)
                #expect(status(fixture, "Basic YWRtaW46d3Jvbmc=") == 401)
            }
        }
    }

    @Test(arguments: [#""""#, #""${APPLIANCE_NET_NOT_SET}""#], ["insecure-password", "password"])
    func anEmptyPasswordLetsNobodyIn(word: String, keyword: String) throws {
        try withFixture(configuration("\(keyword) \(word)")) { fixture throws in
            // admin and no password
            #expect(status(fixture, "Basic YWRtaW46") == 401)
        }
    }

    /// As HAProxy does: a dollar sign outside of double quotes is a dollar sign.
    @Test(arguments: [
        ("$HOME", "$HOME", true), ("'$HOME'", "$HOME", true), (#""\$HOME""#, "$HOME", true),
        (#""$APPLIANCE_NET_NOT_SET" groups g"#, "groups", false), (#""x${APPLIANCE_NET_NOT_SET-y}""#, "xy", true),
    ])
    func onlyDoubleQuotesHaveVariables(word: String, password: String, isRight: Bool) throws {
        try withFixture("userlist controller\n  group g\n  user admin insecure-password \(word)\n") { fixture throws in
            let credentials = try run("base64", "--wrap=0", input: "admin:" + password)
            #expect(status(fixture, "Basic " + credentials) == (isRight ? 200 : 401))
        }
    }

    @Test func aVariableIsThePassword() throws {
        setenv("APPLIANCE_NET_TEST_SECRET", "secret", 1)
        try withFixture(configuration(#"insecure-password "${APPLIANCE_NET_TEST_SECRET}""#)) { fixture throws in
            #expect(status(fixture, Fixture.authorization) == 200)
        }
    }

    @Test func thePasswordMayStandBehindTheGroups() throws {
        try withFixture(configuration("groups g insecure-password secret")) { fixture throws in
            #expect(status(fixture, Fixture.authorization) == 200)
        }
    }

    @Test func refusesEverythingElse() throws {
        try withFixture { fixture throws in
            // No header, another scheme, no colon, no base64, another user, the hash of nothing.
            for header in [
                nil, "Bearer x", "Basic YWRtaW4=", "Basic %%%", "Basic bm9ib2R5OnNlY3JldA==", "Basic Og==", "",
            ] {
                #expect(status(fixture, header) == 401)
            }
            #expect(status(fixture, "basic YWRtaW46c2VjcmV0") == 200)
        }
    }

    @Test func saysThatNobodyCanLogIn() throws {
        let nobody = "userlist controller has no user with a password: nobody can log in"
        try withFixture("global\n  master-worker\n") { #expect($0.api.problems() == [nobody]) }
        try withFixture { #expect($0.api.problems() == []) }
    }

    @Test func aChangedPasswordCountsAtOnce() throws {
        try withFixture { fixture throws in
            #expect(status(fixture, Fixture.authorization) == 200)
            try AtomicFile.replace(fixture.path, with: configuration("insecure-password other"), mode: 0o640)
            #expect(status(fixture, Fixture.authorization) == 401)
        }
    }
}
