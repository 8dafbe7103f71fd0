import RuntimeAPI
import TestSupport
import Testing

/// `show stat` of more rows than are made at a time, beside those of the real HAProxy.
@Suite(.blocking) struct LongStatisticsTests {
    /// Compares the answers of two sockets but for what is counted; then asks the first for the longest and does not read it.
    private static let compare = """
        import json, socket, sys
        def connect(path, words):
            asker = socket.socket(socket.AF_UNIX)
            asker.settimeout(60)
            asker.connect(path)
            asker.sendall(words.encode() + b"\\n")
            return asker
        def ask(path, words):
            answer = b""
            with connect(path, words) as asker:
                while chunk := asker.recv(1 << 18): answer += chunk
            return answer.decode()
        def shape(words, text):
            if "json" in words:
                return [[(f["objType"], f["proxyId"], f["id"], f["field"], f["tags"], f["value"]["type"]) for f in row]
                        for row in json.loads(text)]
            if "typed" in words: return [line.split(":")[:3] for line in text.split("\\n")]
            lines = [line.split(",") for line in text.split("\\n")]
            return [line[:2] + line[27:29] + line[32:33] if len(line) > 40 else line for line in lines]
        ours, theirs = sys.argv[1:3]
        commands = ["show stat", "show stat typed", "show stat json", "show stat -1 4 -1 typed", "show stat json up",
                    "show stat #4 7 -1", "show stat 5 7 -1", "show stat b 4 2", "show stat #9999 7 -1", "show stat x 7 -1"]
        for words in commands:
            mine, their = shape(words, ask(ours, words)), shape(words, ask(theirs, words))
            if mine != their:
                sys.exit(f"{words}: {len(mine)} and {len(their)}, {next((p for p in zip(mine, their) if p[0] != p[1]), None)}")
            print(words, len(mine))
        with connect(ours, "show stat json") as silent:
            silent.recv(1)
            if "Name: " not in ask(ours, "show info"): sys.exit("nobody is answered beside one who does not read")
        """

    /// The process that clients speak to has little more memory than before, and one who does not read holds up nobody.
    @Test(arguments: [false, true]) func rowsAreMadeAsTheyAreRead(hasMaster: Bool) throws {
        let backends = (0..<800).map { number in
            """
            backend domain-c50:b42f9558-a4eb-4e8f-8f0f-9a8f295f0a8e-ns\(number)-svc\(number)
              server domain-c50-\(number)-a 127.0.0.1:9 disabled
              server domain-c50-\(number)-b 127.0.0.1:9

            """
        }
        try withRuntimePair(isMaster: hasMaster, backend: backends.joined()) { ours, theirs in
            _ = try ours.client.send("show stat")
            let before = try Self.memory("VmRSS", of: ours)
            let lines = try run("python3", "-c", Self.compare, ours.client.path, theirs.client.path)
            #expect(lines.split(separator: "\n").count == 10)
            // JSON of them all has 27 MB.
            let more = try Self.memory("VmHWM", of: ours) - before
            #expect(more < 12 << 10, "KiB")
        }
    }

    private static func memory(_ name: String, of side: RuntimeSide) throws -> Int {
        let lines = try run("cat", "/proc/\(side.program.pid)/status").split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix(name) })
        return try #require(Int(line.split { !$0.isNumber }.joined()))
    }
}
