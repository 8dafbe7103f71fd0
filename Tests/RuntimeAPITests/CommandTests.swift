import RuntimeAPI
import Testing

/// What HAProxy writes, read without a process.
@Suite struct CommandTests {
    @Test func aWordStaysOneWord() throws {
        let command = SetServer("a;b", in: #"c\d e<<"#, .weight(3))
        #expect(try command.line() == #"set server c\\d\ e\<\</a\;b weight 3"#)
        #expect(throws: RuntimeError.self) { try SetServer("a\nquit", in: "b", .state(.maint)).line() }
        #expect(throws: RuntimeError.self) { try ShowServersState(backend: "").line() }
    }

    @Test func refusalsAreSorted() {
        func refusal(_ text: String) -> RuntimeError? {
            do throws(RuntimeError) {
                try SetServer("s", in: "b", .state(.maint)).read(text)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal("") == nil)
        #expect(refusal("No such server.") == .missing("No such server."))
        #expect(refusal("Key not found.\n") == .missing("Key not found."))
        #expect(
            refusal("Already exists a server with the same name in backend.\n > b")
                == .exists(
                    "Already exists a server with the same name in backend."
                )
        )
        #expect(
            refusal("'zzz' is not a valid IPv4 or IPv6 address.")
                == .refused(
                    "'zzz' is not a valid IPv4 or IPv6 address."
                )
        )
    }

    @Test func statisticsAreFoundByTheNamesOfColumns() throws {
        let table = try ShowStat().read(
            """
            # type,svname,new_one,pxname,last_chk,-
            2,s1,7,b,"says ""no"", twice",-
            1,BACKEND,,b,,-
            """
        )
        let rows = Array(table)
        #expect(rows.map { $0["svname"] } == ["s1", "BACKEND"])
        #expect(rows[0]["last_chk"] == #"says "no", twice"#)
        #expect(rows[0].number("type") == 2)
        #expect(rows[1]["new_one"] == nil)
        #expect(rows[1]["scur"] == nil)
        #expect(throws: RuntimeError.self) { try ShowStat().read("Something else") }
    }

    @Test func entriesOfTables() throws {
        let head = "# table: st, type: string, size:1024, used:1\n"
        let entries = try ShowTable("st").read(
            head + #"0x5606: key=a\ b\=c\\d use=1 exp=1797708 gpc0=7 conn_rate(10000)=1"#
        )
        #expect(entries.map { $0.key } == [#"a b=c\d"#])
        #expect(entries.map { $0.id } == ["0x5606"])
        #expect(entries.first?.values == ["use": 1, "exp": 1_797_708, "gpc0": 7, "conn_rate": 1])
        let tables = try ShowTables().read(head + "# table: a.b, type: ip, size:10, used:0")
        #expect(tables.map { $0.name } == ["st", "a.b"])
        #expect(tables.map { $0.size } == [1024, 10])
        #expect(throws: RuntimeError.missing("No such table")) { try ShowTable("x").read("No such table") }
    }

    @Test func filesOfPatterns() throws {
        let files = try ShowPatternFiles(.acl).read(
            """
            # id (file) description
            0 (/etc/a (b).acl) pattern loaded from file '/etc/a (b).acl' used by acl
            3 () acl 'var' file 'httpclient' line 0. curr_ver=0
            """
        )
        #expect(files.map { $0.id } == ["0", "3"])
        #expect(files.map { $0.path } == ["/etc/a (b).acl", ""])
        #expect(files.map { $0.name } == ["a (b).acl", ""])
        #expect(files.last?.description == "acl 'var' file 'httpclient' line 0. curr_ver=0")
        let map = try #require(files.first)
        let entries = try ShowPatterns(.map, map).read("0x1 10.0.0.1 two words\n0x2 key ")
        #expect(entries.map { $0.value } == ["two words", ""])
    }

    @Test func processesOfAMaster() throws {
        let table = try #require(
            ProcessTable(
                """
                #<PID>          <type>          <reloads>       <uptime>        <version>
                9865            master          3 [failed: 1]   0d00h00m09s     2.6.12-1+deb12u4
                # workers
                10241           worker          1               0d00h00m02s     2.6.12-1+deb12u4
                # old workers
                9884            worker          2               0d00h00m09s     2.6.12-1+deb12u4
                # programs
                """
            )
        )
        #expect(table.reloads == 3)
        #expect(table.failures == 1)
        #expect(table.workers == [10241])
        #expect(ProcessTable("Unknown command") == nil)
    }
}
