import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// What HAProxy's management guide says to do with a shell and socat (9.3, 9.4), as it stands there but for paths and names.
@Suite(.blocking) struct SocatRecipeTests {
    /// `SOCK` is the stats socket, `MASTER` that of the master, `T` a table and `HOST` an address.
    private static let recipes = [
        #"echo "show info" | socat - SOCK | grep ^Idle | cut -d: -f1"#,
        #"echo "show info;show stat;show table" | socat SOCK stdio | grep -c :"#,
        #"echo "show info;show stat" | socat stdio unix-connect:SOCK | cut -d: -f1 | cut -d, -f1,2"#,
        #"printf 'prompt\nshow version\nquit\n' | socat SOCK stdio | cut -d- -f1"#,
        #"printf 'prompt\noperator\nshow cli level\nuser\nshow cli level\noperator\nquit\n' | socat SOCK stdio"#,
        #"printf 'prompt\nshow cli level\nprompt;show cli level\nshow cli level\n' | socat SOCK stdio"#,
        #"echo "set table T key 192.0.2.1 data.gpc0 0 data.conn_cnt 4" | socat stdio SOCK"#,
        #"echo "set table T key 192.0.2.2 data.gpc0 1 data.conn_cnt 9" | socat stdio SOCK"#,
        #"echo "show table T" | socat stdio SOCK"#,
        #"echo "show table T data.gpc0 gt 0" | socat stdio SOCK"#,
        #"echo "show table T data.conn_cnt gt 5" | socat stdio SOCK"#,
        #"echo "show table T key 192.0.2.2" | socat stdio SOCK"#,
        #"echo "show table T data.gpc0 gt 0" | socat stdio SOCK | fgrep 'key=' | cut -d' ' -f2 | cut -d= -f2"#,
        #"echo "show table T data.gpc0 gt 0" | socat stdio SOCK | awk '/key/{ print a[split($2,a,"=")]; }'"#,
        #"echo "clear table T key 192.0.2.1" | socat stdio SOCK"#,
        #"echo "show table T" | socat stdio SOCK"#,
        #"echo "clear table T data.gpc0 eq 1" | socat stdio SOCK"#,
        #"echo "show table T" | socat stdio SOCK"#,
        #"echo "show table" | socat stdio SOCK"#,
        #"printf 'prompt\nadd map #7 <<\nkey1 value1\nkey2 value2 with spaces\nkey3 value3 also\n\nquit\n' | socat SOCK -"#,
        #"echo -e 'add map #7 <<\nkey4 value4 with spaces\n' | socat SOCK -"#,
        #"echo "show map #7" | socat SOCK - | cut -d' ' -f2-"#,
        #"echo "get map #7 key2" | socat SOCK -"#,
        #"echo "show errors -1 response" | socat stdio SOCK | cut -d[ -f1"#,
        #"echo "show cli sockets" | socat stdio SOCK | grep -v sockpair | cut -d' ' -f2-"#,
        #"echo "show cache" | socat stdio SOCK"#,
        #"echo "show info json" | socat SOCK stdio | python3 -m json.tool | grep -v '"value"' | sort | uniq -c"#,
        #"echo "show stat json" | socat SOCK stdio | python3 -m json.tool | grep '"name"' | sort | uniq -c"#,
        #"echo "show schema json" | socat SOCK stdio | python3 -m json.tool"#,
        #"(echo show info typed | socat SOCK -; echo show info typed | socat SOCK -) | sort -t . -k 1,1n -k 2,2 -k 3,3n | cut -d: -f1-3"#,
        #"(echo show stat typed | socat SOCK -; echo show stat typed | socat SOCK -) | sort -t . -k 1,1 -k 2,2n -k 3,3n -k 4,4n -k 5,5 -k 6,6n | cut -d: -f1-3"#,
        #"echo "show version" | socat SOCK stdio | cut -d- -f1"#,
        #"echo "set server b/s1 state maint; show stat b 4 1" | socat SOCK stdio | cut -d, -f1,2,18"#,
        #"echo "set server b/s1 state ready" | socat tcp:HOST:999 -"#,
        #"echo "show version" | socat MASTER stdio | cut -d- -f1"#,
        #"printf 'prompt\n@1 show cli level; @1 show backend\n@1\nshow cli level\n@\nquit\n' | socat MASTER - | tr -d 0-9"#,
        #"echo '@1; show backend; show cli level' | socat MASTER -"#,
        #"worker=$(echo 'show proc' | socat MASTER - | awk '/^[0-9]+ .*worker/{ print $1 }'); echo "@!$worker show backend" | socat MASTER -"#,
        #"echo 'show proc' | socat MASTER - | awk '{ print $2 }'"#,
        #"echo "reload" | socat MASTER stdin >/dev/null; echo $?"#,
    ]

    @Test func recipesGiveTheSame() throws {
        try withTemporaryDirectory { directory in
            let map = directory + "/map"
            try FileDescriptor.open(map, O_WRONLY | O_CREAT, mode: 0o644).writeAll(Array("key0 value0\n".utf8))
            let more = """
                backend T
                  stick-table type ip size 100 store gpc0,conn_cnt
                backend mapped
                  tcp-request content accept if { req.payload(0,0),map_str(\(map)) -u 7 -m found }
                backend named
                  tcp-request content accept if { req.payload(0,0),map_str(\(map)) -m found }
                """
            try withRuntimePair(isMaster: true, backend: more) { ours, theirs in
                for recipe in Self.recipes {
                    let answers = try [ours, theirs].map { side in
                        // Half a second after its input has ended, socat would leave an answer that a busy machine delays.
                        // HAProxy's master answers no reload and keeps the connection.
                        let patient =
                            recipe.contains("reload") ? recipe : recipe.replacing("socat ", with: "socat -t10 ")
                        let line = patient.replacing("#7", with: map).replacing("SOCK", with: side.client.path)
                            .replacing("MASTER", with: side.master).replacing("HOST", with: "127.0.0.\(side.host)")
                        return Self.masked(try run("timeout", "60", "bash", "-c", line), side)
                    }
                    #expect(answers[0] == answers[1], "\(recipe)")
                    #expect(!answers[1].contains("Unknown command"), "\(recipe)")
                }
            }
        }
    }

    /// Without addresses of the memory, what is left of an entry's time, and the side's own address.
    private static func masked(_ text: String, _ side: RuntimeSide) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: " ", omittingEmptySubsequences: false).filter {
                !$0.hasPrefix("0x") && !$0.hasPrefix("exp=")
            }.joined(separator: " ").replacing("127.0.0.\(side.host)", with: "HOST")
        }.joined(separator: "\n")
    }
}
