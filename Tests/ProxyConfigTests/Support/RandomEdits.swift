@testable import ProxyConfig

/// Changes configurations as an API does and as people do, for the better and for the worse.
struct RandomEdits {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private static let names = ["a", "b", "c", "d", "e", "f"]

    private static let start = """
        # _version=1
        global
          maxconn 100
          log stdout local0

        defaults
          mode tcp
          log global
          timeout connect 1s
          timeout client 1s
          timeout server 1s

        defaults base
          mode tcp
          option dontlognull
          log-format "%ci %[src]"

        # The first
        frontend a
          bind 10.0.0.1:80 name one
          use_backend b if { dst_port 80 }
          default_backend a

        frontend b from base
          bind 10.0.0.2:80-90
          timeout client 2s

        backend a
          server s1 10.1.0.1:80 check weight 100
          server s2 10.1.0.2:80 track a/s1

        backend b
          balance leastconn
          server s1 10.1.0.1:80 check

        backend c from base
          timeout connect 1s
          timeout server 1s
          server s1 10.1.0.1:80

        listen d
          bind 10.0.0.3:80
          server s1 10.1.0.1:80 id 7

        userlist u
          user x insecure-password y

        """

    private static let lines: [String: [String]] = [
        "global": [
            "  maxconn 200", "  log-tag t", "  unix-bind prefix /run/x", "  external-check", "  setenv NAME one",
            "  spread-checks 5", "  tune.bufsize 16384", "  stats socket /run/s", "  log stderr local1",
            "  presetenv PORT 81", "  description \"${NAME}\"",
        ],
        "defaults": [
            "  mode tcp", "  mode http", "  option httplog", "  timeout client 3s", "  no log", "  default_backend b",
            "  option tcplog", "  retries 5", "  default-server check inter 3s", "  option tcp-check",
            "  tcp-check connect", "  balance source", "  log-format \"%ci\"", "  errorfile 503 /etc/errors/503",
        ],
        "frontend": [
            "  bind 10.0.0.9:81", "  bind 10.0.0.9:81 name x", "  bind /run/a.sock", "  bind \"10.0.0.9:${PORT}\"",
            "  use_backend b", "  use_backend c if { src 10.0.0.0/8 }", "  default_backend c", "  log-tag own",
            "  option httplog", "  option forwardfor", "  acl x dst_port 80", "  use_backend a if x", "  mode http",
            "  option splice-auto", "  maxconn 10x", "  tcp-request connection accept if { src 10.0.0.1 }",
            "  tcp-request content accept if { nbsrv(b) gt 0 }", "  log-format \"%ci %[nbsrv(c)]\"", "  disabled",
            "  unique-id-format %ci", "  errorfile 503 /etc/errors/503", "  monitor-uri /x", "  # a remark", "",
            "  stick-table type ip size 10k",
        ],
        "backend": [
            "  server s9 10.9.0.9:80", "  server s8 10.9.0.8:80 check id 9", "  server s7 10.9.0.7:80 track b/s1",
            "  server s6 \"10.9.0.6:${PORT}\"", "  balance roundrobin", "  balance uri", "  stick on src",
            "  stick-table type ip size 1k", "  stick on src table a", "  option tcp-check", "  option httpchk",
            "  option external-check", "  timeout server 5s", "  mode http", "  log global", "  retries 3x",
            "  use-server s1 if { src 10.0.0.1 }", "  cookie x insert", "  source 10.0.0.7", "  disabled",
            "  http-request deny if { src 10.0.0.1 }", "  default-server tfo", "  # a remark", "", "  fullconn 10",
            "  server-template t 2 10.8.0.1:80",
        ],
        "userlist": ["  user z insecure-password y", "  group g users x"],
        "peers": ["  peer p 10.0.0.1:1024"],
        "resolvers": ["  nameserver n 10.0.0.1:53"],
    ]

    private static let oddLines = [
        "  nonsense", "  mode", ".if 1", ".endif", ".notice \"x\"", "  server \"x", "backend a", "frontend e",
        "defaults",
    ]

    func start() -> ConfigurationFile { ConfigurationFile(Self.start, file: "/etc/haproxy/haproxy.cfg") }

    mutating func change(_ file: inout ConfigurationFile) {
        guard let index = file.sections.indices.randomElement(using: &generator) else { return }
        let kind = file.sections[index].kind
        switch Int.random(in: 0..<26, using: &generator) {
        case 0..<8: insert(line(of: kind), in: &file.sections[index].lines)
        case 8..<12: removeLine(of: &file.sections[index])
        case 12..<15: file.append(section())
        case 15: file.remove(kind, file.sections[index].name)
        case 16: file.sections.swapAt(index, Int.random(in: file.sections.indices, using: &generator))
        case 17: file.update(kind, file.sections[index].name) { $0.name = pick(Self.names) }
        case 18: file.preamble.insert(Line(raw: "# more"), at: 0)
        case 19: file.sections[index].leading.append(Line(raw: "# above"))
        case 20: insert(pick(Self.oddLines), in: &file.sections[index].lines)
        case 21:
            file.sections[index].header.words = [kind, pick(Self.names)] + pick([[], ["from", "base"]])
        case 22: file.version += 1
        case 23: file.sections.insert(section(), at: index)
        default: changeWord(of: &file.sections[index])
        }
    }

    private mutating func section() -> Section {
        let kind = pick([
            "frontend", "backend", "backend", "listen", "defaults", "userlist", "peers", "resolvers", "global",
        ])
        let name = kind == "global" || kind == "defaults" && Bool.random(using: &generator) ? nil : pick(Self.names)
        var section = Section(kind: kind, name: name)
        for _ in 0..<Int.random(in: 0..<3, using: &generator) { insert(line(of: kind), in: &section.lines) }
        return section
    }

    private mutating func line(of kind: String) -> String {
        let kind = kind == "listen" ? pick(["frontend", "backend"]) : kind
        return pick(Self.lines[kind] ?? [""])
    }

    private mutating func insert(_ line: String, in lines: inout [Line]) {
        lines.insert(Line(raw: line), at: Int.random(in: 0...lines.count, using: &generator))
    }

    private mutating func removeLine(of section: inout Section) {
        guard let index = section.lines.indices.randomElement(using: &generator) else { return }
        section.lines.remove(at: index)
    }

    private mutating func changeWord(of section: inout Section) {
        guard let index = section.lines.indices.randomElement(using: &generator) else { return }
        var words = section.lines[index].words
        guard let place = words.indices.dropFirst().randomElement(using: &generator) else { return }
        words[place] = pick(Self.names + ["10.7.0.1:80", "80", "tcp", "1s"])
        section.lines[index].words = words
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &generator)]
    }
}
