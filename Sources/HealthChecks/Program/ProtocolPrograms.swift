/// The checks that have an option of their own. HAProxy words them as rules of `tcp-check` too.
extension CheckProgram {
    static func protocolProgram(_ name: String, _ arguments: [String]) throws(CheckProblem) -> CheckProgram {
        switch name {
        case "redis-check": redis
        case "ssl-hello-chk": sslHello
        case "smtpchk": smtp(arguments)
        case "pgsql-check": try postgres(arguments)
        case "mysql-check": try mysql(arguments)
        case "ldap-check": ldap
        default: throw CheckProblem("'option \(name)' is not followed", isNotFollowed: true)
        }
    }

    private static func make(_ actions: [CheckRule.Action]) -> CheckProgram {
        CheckProgram(kind: .other, rules: actions.enumerated().map { CheckRule($0.element, step: $0.offset + 1) })
    }

    private static var redis: CheckProgram {
        var expectation = CheckExpectation(.string(Array("+PONG\r\n".utf8)))
        expectation.failedStatus = .layer7WrongStatus
        expectation.onError = firstLine
        expectation.onSuccess = CheckTemplate(literal: "Redis server is ok")
        return make([.send(CheckTemplate(literal: "*1\r\n$4\r\nPING\r\n")), .expect(expectation)])
    }

    private static var sslHello: CheckProgram {
        var expectation = CheckExpectation(.binaryRegex(constant("^1[56]")))
        expectation.minimum = 5
        expectation.passedStatus = .layer6Passed
        expectation.failedStatus = .layer6Invalid
        expectation.timeoutStatus = .layer6Timeout
        return make([.send(clientHello), .expect(expectation)])
    }

    /// A client hello of SSLv3 (RFC 6101, section 5.6.1.2) with the 39 most common suites of its time.
    private static var clientHello: CheckTemplate {
        let suites = (Array(1...0x1b) + Array(0x2f...0x3a)).map { [UInt8(0), UInt8($0)] }.flatMap { $0 }
        let head: [UInt8] = [0x16, 3, 0, 0, 0x79, 1, 0, 0, 0x75, 3, 0]
        let tail = Array("HAPROXYSSLCHK\nHAPROXYSSLCHK\n".utf8) + [0, 0, UInt8(suites.count)] + suites + [1, 0]
        return CheckTemplate(parts: [.literal(head), .value(.date, []), .literal(tail)])
    }

    private static func smtp(_ arguments: [String]) -> CheckProgram {
        let knowsHello = arguments.count >= 2 && (arguments[0] == "EHLO" || arguments[0] == "HELO")
        let hello = knowsHello ? "\(arguments[0]) \(arguments[1])" : "HELO localhost"
        let text = CheckTemplate(parts: [.value(.payload(4, 0), [.trimLeft([32]), .cutLine])])
        func answer(_ pattern: String, onSuccess: Bool) -> CheckExpectation {
            var result = CheckExpectation(.regex(constant(pattern)))
            result.minimum = 4
            result.failedStatus = .layer7WrongStatus
            result.onError = text
            if onSuccess { result.onSuccess = text }
            result.code = CheckTemplate(parts: [.value(.payload(0, 3), [])])
            return result
        }
        var greeting = CheckExpectation(.regex(constant("^[0-9]{3}[ \\r]")))
        greeting.minimum = 4
        greeting.failedStatus = .layer7Invalid
        greeting.onError = firstLine
        // HAProxy waits here for as long as the answer is not the one it wants.
        var welcome = answer("^(2[0-9]{2}-[^\\r]*\\r\\n)*2[0-9]{2}[ \\r]", onSuccess: true)
        welcome.minimum = -1
        return make([
            .connect(.lingering), .expect(greeting), .expect(answer("^2[0-9]{2}[ \\r]", onSuccess: false)),
            .send(CheckTemplate(literal: hello + "\r\n")), .expect(welcome),
            .send(CheckTemplate(literal: "QUIT\r\n")), .expect(answer("^2[0-9]{2}[- \\r]", onSuccess: true)),
        ])
    }

    private static func postgres(_ arguments: [String]) throws(CheckProblem) -> CheckProgram {
        guard arguments.count >= 2, arguments[0] == "user" else {
            throw CheckProblem("'option pgsql-check' expects 'user <username>' as argument.")
        }
        let body = [0, 3, 0, 0] + Array("user".utf8) + [0] + Array(arguments[1].utf8) + [0, 0]
        let length = UInt32(body.count + 4)
        var refusal = CheckExpectation(.regex(constant("^E")))
        refusal.isNegated = true
        refusal.minimum = 5
        refusal.failedStatus = .layer7Invalid
        refusal.onError = CheckTemplate(parts: [.value(.payload(6, 0), [.cutZero])])
        var answer = CheckExpectation(
            .binaryRegex(constant("^52000000[A-Z0-9]{2}000000(00|02|03|04|05|06|07|09|0A)"))
        )
        answer.minimum = 9
        answer.failedStatus = .layer7WrongStatus
        answer.onSuccess = CheckTemplate(literal: "PostgreSQL server is ok")
        answer.onError = CheckTemplate(literal: "PostgreSQL unknown error")
        let message = (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) } + body
        return make([
            .connect(.lingering), .send(CheckTemplate(literal: message)), .expect(refusal), .expect(answer),
        ])
    }

    private static func mysql(_ arguments: [String]) throws(CheckProblem) -> CheckProgram {
        guard let first = arguments.first else {
            return make([.connect(.lingering), .expect(CheckExpectation(.custom(.mysqlGreeting)))])
        }
        guard first == "user" else {
            throw CheckProblem("'option mysql-check' only supports optional values: 'user'.")
        }
        guard arguments.count >= 2, arguments.count <= 3 else {
            throw CheckProblem("'option mysql-check' expects a username behind 'user'.")
        }
        let isOld = arguments.count == 3 && arguments[2] == "pre-41"
        guard isOld || arguments.count == 2 || arguments[2] == "post-41" else {
            throw CheckProblem("keyword 'user' only supports 'post-41' and 'pre-41' (got '\(arguments[2])').")
        }
        let user = Array(arguments[1].utf8)
        // Capabilities, largest packet, character set, filler, user: Protocol::HandshakeResponse of the MySQL internals.
        let login: [UInt8] =
            isOld
            ? [0, 0x80, 0, 0, 1] + user + [0, 0]
            : [0, 0x82, 0, 0, 0, 0x80, 0, 1, 0x21] + [UInt8](repeating: 0, count: 23) + user + [0, 0]
        let packet =
            [UInt8(truncatingIfNeeded: login.count), UInt8(truncatingIfNeeded: login.count >> 8), 0, 1] + login
        let quit: [UInt8] = [1, 0, 0, 0, 1]
        return make([
            .connect(.lingering), .send(CheckTemplate(literal: packet + quit)),
            .expect(CheckExpectation(.custom(.mysqlGreeting))), .expect(CheckExpectation(.custom(.mysqlAnswer))),
        ])
    }

    private static var ldap: CheckProgram {
        // An anonymous simple bind (RFC 4511, section 4.2).
        let bind: [UInt8] = [0x30, 0x0c, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0]
        var isMessage = CheckExpectation(.binaryRegex(constant("^30")))
        isMessage.minimum = 14
        isMessage.onError = CheckTemplate(literal: "Not LDAPv3 protocol")
        return make([
            .send(CheckTemplate(literal: bind)), .expect(isMessage), .expect(CheckExpectation(.custom(.ldapBind))),
        ])
    }

    private static var firstLine: CheckTemplate { CheckTemplate(parts: [.value(.payload(0, 0), [.cutLine])]) }

    /// The expressions here are right; the tests compile every program.
    private static func constant(_ text: String) -> Pattern { (try? Pattern(text)) ?? .never }
}

extension CheckConnection {
    /// `tcp-check connect default linger`: the server sees an end in order.
    static var lingering: CheckConnection {
        var result = CheckConnection()
        result.usesDefaults = true
        result.lingers = true
        return result
    }
}
