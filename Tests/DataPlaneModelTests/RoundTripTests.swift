import Files
import ProxyConfig
import Syscalls
import TestSupport
import Testing

@testable import DataPlaneModel

/// Whatever a description can say goes into haproxy.cfg and comes out as it was, and HAProxy takes it.
@Suite struct RoundTripTests {
    static let resources = Resource.all.map { $0.path }.reduce(into: [String]()) { paths, path in
        if !paths.contains(path) { paths.append(path) }
    }

    @Test(arguments: resources, APIVersion.allCases)
    func everyMemberGoesRound(path: String, version: APIVersion) throws {
        for resource in Resource.all where resource.path == path && resource.versions.contains(version.set) {
            var written = Written(resource: resource, version: version)
            for sample in Samples(resource: resource, version: version).all { written.add(sample) }
            try written.check()
        }
    }

    /// A boolean that is said by one of two words: whether a password is its hash.
    @Test func aUserIsWrittenAsHisPasswordIs() throws {
        try withFixture { fixture throws in
            let admin = fixture.send("GET", "configuration/users/admin?userlist=controller").json?["data"]
            #expect(admin?["secure_password"] == .boolean(false))
            let typed = #"{"username":"other","password":"typed","secure_password":false}"#
            #expect(fixture.send("POST", "configuration/users?userlist=controller&version=1", typed).status == 202)
            #expect(try fixture.text.contains("  user other insecure-password typed\n"))
        }
    }
}

/// A configuration with every sample of a resource.
private struct Written {
    let resource: Resource
    let version: APIVersion
    private var pieces: [(name: String, text: String)] = []

    init(resource: Resource, version: APIVersion) {
        self.resource = resource
        self.version = version
    }

    private var schema: DataPlaneModel.Schema { resource.schema(version) }

    mutating func add(_ sample: Samples.Sample) {
        let name = "\(resource.name): \(sample.name)"
        let isAlias = ["", "\(version) "].contains { RefusedSamples.aliases.contains($0 + name) }
        let title = "\(version) \(resource.name) \(sample.name)"
        var object = sample.object
        do throws(APIError) {
            if case .section = resource.placement { object["name"] = .string("x\(pieces.count)") }
            if resource.section == "defaults" { object["name"] = .string("x\(pieces.count)") }
            if resource.identity == .member("name"), resource.section == nil, object["name"] != nil {
                object["name"] = .string("x\(pieces.count)")
            }
            if resource.identity == .member("prefix") { object["prefix"] = .string("x\(pieces.count)-") }
            var whole = object
            if resource.identity == .index, version == .v2 { whole["index"] = 0 }
            var valid = try Validator.validated(.object(whole), schema.fields)
            valid["index"] = nil
            #expect(valid == object, "\(title)")
            if let syntax = schema.syntax {
                try syntax.check(object)
                let words = syntax.encode(object)
                let again = syntax.decode(Line(words).words)
                #expect((again?.object == object) != isAlias, "\(title): \(Line(words).raw)")
                #expect(again?.unknown == [], "\(title)")
                pieces.append((sample.name, Line(words).raw))
            } else {
                let kind = resource.section ?? ""
                let section = schema.sections.make(kind: kind, named: object["name"]?.string, object)
                #expect(
                    (schema.sections.decode(section) == object) != isAlias,
                    "\(title): \(section.lines.map { $0.raw })"
                )
                var emptied = section
                let name: JSONObject = object["name"] == nil ? [:] : ["name": object["name"] ?? .null]
                schema.sections.apply(name, to: &emptied)
                #expect(schema.sections.decode(emptied) == name, "\(title) does not go away")
                let lines = [section.header.raw] + section.lines.map { $0.raw }
                pieces.append((sample.name, lines.joined(separator: "\n")))
            }
        } catch {
            Issue.record("\(title): \(error.message)")
        }
    }

    /// HAProxy 2.6 takes everything but what is listed, and nothing of that.
    func check() throws {
        let listed = try RefusedSamples.all()
        let out = RefusedSamples.leftOut
        let rest = pieces.indices.filter { out["\(resource.name): \(pieces[$0].name)"] == nil }
        let refused = rest.filter { listed.contains("\(resource.name): \(pieces[$0].name)") }
        let accepted = rest.filter { !refused.contains($0) }
        try withTemporaryDirectory { directory in
            if text(of: accepted, directory).text.contains("server.pem") { try makeCertificate(directory) }
            for (name, words) in try refusals(of: accepted, directory) {
                Issue.record("\(version) \(resource.name): \(name): \(words)")
            }
            // HAProxy gives up after 50 lines, and looks at the whole only where no line is wrong.
            for start in stride(from: 0, to: refused.count, by: 40) {
                let some = Array(refused[start..<min(start + 40, refused.count)])
                let found = try refusals(of: some, directory)
                for index in some where found[pieces[index].name] == nil {
                    let alone = try refusals(of: [index], directory)
                    #expect(!alone.isEmpty, "\(version) \(resource.name): \(pieces[index].name) is listed as refused")
                }
            }
        }
    }

    private func makeCertificate(_ directory: String) throws {
        try run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-subj",
            "/CN=a",
            "-keyout",
            directory + "/key",
            "-out",
            directory + "/crt"
        )
        try run("sh", "-c", "cat \(directory)/key \(directory)/crt > \(directory)/server.pem")
    }

    /// HAProxy's words for each sample that it refuses.
    private func refusals(of indices: [Int], _ directory: String) throws -> [String: String] {
        guard !indices.isEmpty else { return [:] }
        let (text, names) = text(of: indices, directory)
        let path = directory + "/haproxy.cfg"
        try AtomicFile.replace(path, with: text, mode: 0o600)
        let result = try Subprocess.run(["haproxy", "-c", "-f", path])
        let words = result.output + result.errors
        guard result.status != 0, !words.contains("no error but will not start") else { return [:] }
        var refusals: [String: String] = [:]
        var others: [Substring] = []
        for line in result.errors.split(separator: "\n") where line.contains("[ALERT]") {
            let number = Self.number(line, path).flatMap { $0 <= names.count ? names[$0 - 1] : nil }
            let place = Self.place(line).flatMap { indices.contains($0) ? pieces[$0].name : nil }
            if let name = number ?? place { refusals[name] = String(line) } else { others.append(line) }
        }
        return refusals.isEmpty ? ["-": others.isEmpty ? words : others.joined(separator: "; ")] : refusals
    }

    /// The sample whose section or line is named in the words.
    private static func place(_ line: Substring) -> Int? {
        line.firstRange(of: "'x").flatMap { Int(line[$0.upperBound...].prefix { $0.isNumber }) }
    }

    private static func number(_ line: Substring, _ path: String) -> Int? {
        guard let range = line.firstRange(of: path + ":") else { return nil }
        return Int(line[range.upperBound...].prefix { $0.isNumber })
    }

    /// A configuration with these samples, and for each of its lines the sample that it is of.
    private func text(of indices: [Int], _ directory: String) -> (text: String, names: [String?]) {
        var lines: [(String, String?)] = []
        func add(_ text: String, _ name: String? = nil) {
            for line in text.split(separator: "\n") { lines.append((String(line), name)) }
        }
        add(Self.head.replacing("DIRECTORY", with: directory))
        if let parent = resource.parents.first {
            add(parent.isSingle ? parent.section : "\(parent.section) parent")
            switch parent {
            case .frontend: add("  mode tcp")
            case .backend: add("  mode http\n  server s1 10.0.0.1:80")
            case .userlist: add("  user u1 insecure-password x\n  group g1")
            default: break
            }
        }
        for index in indices { add(pieces[index].text, pieces[index].name) }
        add(Self.tail)
        return (lines.map { $0.0 + "\n" }.joined(), lines.map { $0.1 })
    }

    private static let head = """
        global
          ssl-server-verify none
          external-check
          insecure-fork-wanted
          crt-base DIRECTORY
          ca-base DIRECTORY
        defaults d
        defaults last
        """

    /// What samples refer to.
    private static let tail = """
        peers p
          peer a 10.0.0.1:1
        fcgi-app f
          docroot /tmp
        mailers m
          mailer a 10.0.0.1:25
        http-errors e
          errorfile 503 /dev/null
        backend b
          stick-table type ip size 1k expire 10s
          server s1 10.0.0.1:80 check
        resolvers r
        """
}
