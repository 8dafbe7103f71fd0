internal import Glibc
internal import ProxyConfig

/// `-v`, `-vv` and `-dL`.
enum Version {
    /// Of Debian's HAProxy 2.6.12, whose place this program takes.
    static let releaseDate = "2023/03/28"

    static func text(_ level: Int) -> String {
        var name = utsname()
        uname(&name)
        func field(_ value: some Any) -> String {
            withUnsafeBytes(of: value) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        var text = "HAProxy version \(Talk.version)-appliance-net - drop-in of the appliance-net project\n"
        text +=
            "Running on: \(field(name.sysname)) \(field(name.release)) \(field(name.version)) \(field(name.machine))\n"
        if level > 1 { text += build }
        return text
    }

    private static var build: String {
        #if arch(x86_64)
        let target = "x86_64-linux"
        #elseif arch(arm64)
        let target = "aarch64-linux"
        #else
        let target = "linux"
        #endif
        #if compiler(>=6.3)
        let compiler = "Swift 6.3 or later"
        #else
        let compiler = "Swift 6.2"
        #endif
        #if DEBUG
        let flavour = "debug"
        #else
        let flavour = "release"
        #endif
        return """
            Build options :
              TARGET  = \(target)
              CC      = \(compiler), \(flavour)
              OPTIONS = no Foundation, no SwiftNIO, no Lua, no TLS on the data path

            Feature list : \(BuildFeatures.list)

            Default settings :
              bufsize = 65536, maxpollevents = 256

            Built with multi-threading support (MAX_THREADS=64, default=\(min(4, max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN)))))).
            Changes take effect in the running worker; it is never replaced for one.

            Available polling systems :
                  epoll : pref=300,  test result OK
            Total: 1 (1 usable), will use epoll.

            Available multiplexer protocols :
              <default> : mode=TCP   side=FE|BE  mux=PASS  flags=

            """
    }

    /// `-dL`: the files that this program runs from.
    static var loadedObjects: String {
        var seen: [String] = []
        guard let file = fopen("/proc/self/maps", "r") else { return "" }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var size = 0
        defer { free(line) }
        while getline(&line, &size, file) > 0, let text = line.map({ String(cString: $0) }) {
            let words = text.split(whereSeparator: { $0 == " " || $0 == "\n" })
            guard words.count >= 6, words[1].contains("x"), words[5].hasPrefix("/") else { continue }
            if !seen.contains(String(words[5])) { seen.append(String(words[5])) }
        }
        return "List of loaded object files:\n" + seen.map { $0 + "\n" }.joined()
    }
}
