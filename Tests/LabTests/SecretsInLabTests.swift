import Files
import Syscalls
import TestSupport
import Testing

/// Known secrets in an appliance whose three programs run, are used and misused, and a search for them in everything that
/// these write and show.
@Suite(.blocking) struct SecretsInLabTests {
    private static let root = "canary-root-Gk4"
    private static let user = "canary-user-Wq9"
    private static let passphrase = "canary-phrase-Zt3"
    /// Of somebody who may not.
    private static let wrong = "canary-wrong-Hv7"
    /// Of a user in a userlist, as it was typed.
    private static let typed = "canary-typed-Lm2"
    private static let keys = ["/var/lib/appliance-net/pki/ca.key", "/etc/haproxy/server.key"]

    @Test(
        "No secret is in a log, a process list, an answer or a file that others read, and no program leaves a core dump"
    )
    func canaries() throws {
        try withTemporaryDirectory { directory in
            let authority = try Self.authority(directory)
            let settings = try Self.settings(directory, authority)
            let stored = try Self.key(directory + "/stored")
            try withLab("canaries", "--ovf-env", settings) { lab throws in
                let encoded = try ["admin:\(Self.user)", "admin:\(Self.wrong)"].map {
                    try run("base64", "-w0", input: $0)
                }
                // As it writes them.
                let own = try lab.exec("appliance", "cat", Self.keys[0], Self.keys[1])
                let needles =
                    [Self.root, Self.user, Self.passphrase, Self.wrong, Self.typed] + encoded
                    + [authority.key, stored, own].flatMap { Self.lines($0) }
                try Self.use(lab, stored)
                let shown = try Self.show(lab)
                for (place, text) in shown {
                    let found = needles.filter { text.contains($0) }
                    #expect(found.isEmpty, "\(place): \(found.map { $0.prefix(8) })")
                }
                try Self.expectNoFile(lab, directory, needles)
            }
        }
    }

    // MARK: What is done

    /// As the control plane does, and as somebody does who has not the password, or sends what cannot be understood.
    private static func use(_ lab: Lab, _ stored: String) throws {
        let api = "https://10.13.10.199:5556/v3/services/haproxy"
        func ask(_ user: String, _ method: String, _ path: String, _ more: [String] = []) throws -> String {
            let curl = ["curl", "--silent", "--insecure", "--user", user, "--write-out", "%{http_code}"]
            return try lab.exec("control", curl + ["--output", "/dev/null", "--request", method] + more + [api + path])
        }
        let (right, wrong) = ("admin:\(user)", "admin:\(Self.wrong)")
        let json = ["--header", "Content-Type: application/json", "--data"]
        let backend = #"{"name":"pods","mode":"tcp"}"#
        #expect(try ask(right, "POST", "/configuration/backends?version=1", json + [backend]) == "202")
        #expect(try ask(wrong, "GET", "/configuration/backends") == "401")
        #expect(try ask(wrong, "POST", "/configuration/backends?version=2", json + [backend]) == "401")
        let typed = #"{"username":"other","password":"\#(Self.typed)","secure_password":false}"#
        let users = "/configuration/users?userlist=controller&version="
        let added = try ask(right, "POST", users + "2", json + [typed])
        #expect(added == "202")
        for broken in [typed + "}", "{\"password\": \(Self.typed)}", "{\"\(Self.typed)\": 1}"] {
            #expect(try ask(right, "POST", users + "3", json + [broken]).hasPrefix("4"))
        }
        let file = "/tmp/stored.pem"
        try lab.exec("control", "sh", "-c", "cat >\(file) <<'END'\n\(stored)END\n")
        // A key without its certificate: refused, with its reason.
        #expect(try ask(right, "POST", "/storage/ssl_certificates", ["--form", "file_upload=@\(file)"]).hasPrefix("4"))
        try lab.exec("control", "rm", file)
        // Configurations that are refused, with their reasons.
        let raw = ["--header", "Content-Type: text/plain", "--data-binary"]
        let text = "userlist controller\n  user admin insecure-password \(Self.typed)\n  nonsense \(Self.typed)\n"
        #expect(try ask(right, "POST", "/configuration/raw?skip_version=true", raw + [text]).hasPrefix("4"))
    }

    /// What the programs tell who asks, in their logs, and in the process list.
    private static func show(_ lab: Lab) throws -> [(place: String, text: String)] {
        var shown: [(String, String)] = []
        for words in [
            "firstboot --ovf-env /run/lab/settings", "firstboot --json --ovf-env /run/lab/settings", "status --long",
            "status --json", "status --metrics", "plan --verbose", "plan --json", "history --json", "doctor",
            "doctor --json",
            "console --once", "console --once --json", "config history", "cert show", "cert show --json", "backup",
            "backup list", "backup --text", "validate --ovf-env /run/lab/settings",
        ] {
            let arguments = ["appliance-net"] + words.split(separator: " ").map { String($0) }
            let result = try lab.command(["exec", "appliance"] + arguments)
            shown.append((words, result.output + result.errors))
        }
        let bundle =
            "appliance-net support-bundle --out /tmp/support.tar.gz && mkdir /tmp/support"
            + " && tar -xzf /tmp/support.tar.gz -C /tmp/support && grep -ra '' /tmp/support | tr -d '\\0'"
        shown.append(("the support bundle", try lab.exec("appliance", "sh", "-c", bundle)))
        // What was taken out has left JSON that can be read.
        let files = try lab.exec("appliance", "find", "/tmp/support", "-name", "*.json")
            .split(separator: "\n").map { String($0) }
        for name in ["manifest", "firstboot", "status", "properties"] {
            #expect(files.contains { $0.hasSuffix("/\(name).json") }, "\(files)")
        }
        try lab.exec("appliance", ["jq", "empty"] + files)
        try lab.exec("appliance", "sh", "-c", "rm -r /tmp/support*")
        shown.append(("the logs", try lab.exec("appliance", "sh", "-c", "cat /var/log/appliance-*.log")))
        shown.append(("the process list", try lab.exec("appliance", "sh", "-c", "cat /proc/*/cmdline | tr '\\0' ' '")))
        let each = "for p in $(pgrep appliance-); do "
        let environments = each + "cat /proc/$p/environ; done | tr '\\0' ' '"
        shown.append(("the environments", try lab.exec("appliance", "sh", "-c", environments)))
        let limits = try lab.exec("appliance", "sh", "-c", each + "grep '^Max core file size' /proc/$p/limits; done")
        let cores = limits.split(separator: "\n")
        #expect(cores.count >= 4)
        // Soft and hard: 1, with which the kernel gives no core to a program either.
        for line in cores { #expect(line.split(separator: " ").dropFirst(4).prefix(2) == ["1", "1"], "\(line)") }
        return shown
    }

    /// Files with one of them are root's alone, and those that are there to hold it; the proxy reads users and their
    /// passwords.
    private static func expectNoFile(_ lab: Lab, _ directory: String, _ needles: [String]) throws {
        let allowed = keys + ["/var/lib/appliance-net/recovery/passphrase"]
        let patterns = directory + "/patterns"
        try AtomicFile.replace(patterns, with: needles.joined(separator: "\n") + "\n")
        let places = "/etc /var/lib/appliance-net /var/lib/haproxy /var/log /run"
        let search = "find \(places) -xdev -type f ! -path '/run/lab/*' -print0"
        let found = try lab.exec("appliance", "sh", "-c", search + " | xargs -0 grep -laF -f \(patterns) || true")
        for path in found.split(separator: "\n").map({ String($0) }) {
            let mode = try lab.exec("appliance", "stat", "-c", "%a %U", path)
            if path.hasPrefix("/etc/haproxy/haproxy.cfg") || path == "/var/lib/appliance-net/proxy/last-good.cfg" {
                #expect(["640 root\n", "600 root\n", "600 haproxy\n"].contains(mode), "\(path): \(mode)")
                let others = needles.filter { $0 != typed }.joined(separator: "\n") + "\n"
                try AtomicFile.replace(patterns + "-others", with: others)
                let status = try lab.command(["exec", "appliance", "grep", "-qaF", "-f", patterns + "-others", path])
                    .status
                #expect(status == 1, "\(path) holds another secret than that of a user")
            } else {
                #expect(allowed.contains(path), "\(path) holds a secret")
                #expect(mode == "600 root\n", "\(path): \(mode)")
            }
        }
        // The search finds what is there.
        for path in allowed { #expect(found.contains(path + "\n"), "\(path)") }
    }

    // MARK: What is planted

    private static func lines(_ pem: String) -> [String] {
        pem.split(separator: "\n").filter { !$0.hasPrefix("-----") && $0.count > 20 }.map { String($0) }
    }

    private static func key(_ path: String) throws -> String {
        try run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)
        return try #require(try AtomicFile.readText(path))
    }

    private static func authority(_ directory: String) throws -> (certificate: String, key: String) {
        let key = try Self.key(directory + "/ca.key")
        let request = ["openssl", "req", "-x509", "-new", "-days", "3650", "-subj", "/CN=canary CA"]
        return (try run(request + ["-key", directory + "/ca.key"]), key)
    }

    private static func settings(_ directory: String, _ authority: (certificate: String, key: String)) throws -> String
    {
        let properties = [
            ("appliance.ca_cert", authority.certificate), ("appliance.ca_cert_key", authority.key),
            ("recovery.passphrase", passphrase),
        ]
        var texts = ["example-root-password": root, "example-password": user]
        for (key, _) in properties { texts["<Property oe:key=\"\(key)\" oe:value=\"\"/>"] = "" }
        let lines = properties.map { ($0.0, $0.1.replacing("\n", with: " ")) }
        try Lab.writeExample(directory + "/settings.xml", lines, replacing: texts)
        return directory + "/settings.xml"
    }
}
