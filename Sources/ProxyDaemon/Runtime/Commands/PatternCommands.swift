internal import ProxyEngine
internal import Syscalls

/// `show|get|add|del|set|clear|prepare|commit map|acl`: any level may say them, as at HAProxy.
enum PatternCommands {
    static let all = [
        keyword("add acl", "add acl [@<ver>] <acl> <pattern>", "add an acl entry"),
        keyword(
            "add map",
            "add map [@<ver>] <map> <key> <val>",
            "add a map entry (payload supported instead of key/val)"
        ),
        keyword("clear acl", "clear acl [@<ver>] <acl>", "clear the contents of this acl"),
        keyword("clear map", "clear map [@<ver>] <map>", "clear the contents of this map"),
        keyword("commit acl", "commit acl @<ver> <acl>", "commit the ACL at this version"),
        keyword("commit map", "commit map @<ver> <map>", "commit the map at this version"),
        keyword("del acl", "del acl <acl> [<key>|#<ref>]", "delete acl entries matching <key>"),
        keyword("del map", "del map <map> [<key>|#<ref>]", "delete map entries matching <key>"),
        keyword("get acl", "get acl <acl> <value>", "report the patterns matching a sample for an ACL"),
        keyword("get map", "get map <acl> <value>", "report the keys and values matching a sample for a map"),
        keyword("prepare acl", "prepare acl <acl>", "prepare a new version for atomic ACL replacement"),
        keyword("prepare map", "prepare map <acl>", "prepare a new version for atomic map replacement"),
        keyword("set map", "set map <map> [<key>|#<ref>] <value>", "modify a map entry"),
        keyword("show acl", "show acl [@<ver>] <acl>]", "report available acls or dump an acl's contents"),
        keyword("show map", "show map [@ver] [map]", "report available maps or dump a map's contents"),
    ]

    private static func keyword(_ words: String, _ usage: String, _ meaning: String) -> RuntimeKeyword {
        let own = words.split(separator: " ").map { String($0) }
        return RuntimeKeyword(words, usage, meaning) { call throws(SystemError) in
            // The last newline is that of the line, not of what it says.
            let payload = call.payload.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }
            guard let command = PatternCommand(own + call.arguments, payload: payload) else { return "" }
            return String(decoding: try call.host.ask(.patterns(command)), as: UTF8.self)
        }
    }
}
