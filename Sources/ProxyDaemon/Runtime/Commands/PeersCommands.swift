internal import ProxyEngine
internal import Syscalls

/// `show peers`
enum PeersCommands {
    static let all = [
        RuntimeKeyword(
            "show peers",
            "show peers [dict|-] [section]",
            "dump some information about all the peers or this peers section"
        ) { call throws(SystemError) in
            let isFlag = call[0] == "dict" || call[0] == "-"
            let section = isFlag ? call[1] : call[0]
            let known = call.host.serving.settings.peers
            if !section.isEmpty, !known.contains(where: { $0.name == section }) { return "No such peers\n" }
            return String(
                decoding: try call.host.ask(.peers(section.isEmpty ? nil : section, hasNames: call[0] == "dict")),
                as: UTF8.self
            )
        }
    ]
}
