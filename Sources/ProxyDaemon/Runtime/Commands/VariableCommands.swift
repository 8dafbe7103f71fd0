internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// `get var`, `set var`
enum VariableCommands {
    static let all = [
        RuntimeKeyword("get var", "get var <name>", "retrieve contents of a process-wide variable", level: .operator) {
            call throws(SystemError) in
            if call[0].isEmpty { return "Missing process-wide variable identifier.\n" }
            let value = try call.host.ask(.variable(call[0]))
            return value.isEmpty
                ? "Variable not found.\n" : "\(call[0]): \(String(decoding: value, as: UTF8.self))"
        },
        RuntimeKeyword(
            "set var",
            "set var <name> [fmt|expr] {<fmt>|<expr>}",
            "set variable from an expression or a format",
            level: .operator,
            mode: .experimental,
            set
        ),
    ]

    private static func set(_ call: RuntimeCall) throws(SystemError) -> String {
        let name = call[0]
        if name.isEmpty { return "Missing process-wide variable identifier.\n" }
        if call[1].isEmpty { return "Missing either 'expr', 'fmt' or expression.\n" }
        // Without a kind it is an expression.
        let (kind, text) = call[2].isEmpty ? ("expr", call[1]) : (call[1], call[2])
        guard kind == "expr" || kind == "fmt" else {
            return "'set var': arg type must be either 'expr' or 'fmt' but got '\(kind)'."
        }
        let variable: GlobalVariable
        do throws(GlobalVariable.Failure) {
            variable = try GlobalVariable(command: name, text, isFormat: kind == "fmt")
        } catch {
            return error.message
        }
        guard name.hasPrefix("proc.") else {
            return "'set var': cannot set variable '\(name)', only scope 'proc' is permitted here."
        }
        var formats = LineFormats()
        guard let assigned = ProcessVariable(variable, &formats) else {
            return "'set var': '\(text)' is not followed here: connections, proxies and tables are not asked."
        }
        _ = try call.host.ask(.assign(assigned))
        return ""
    }
}

extension ProcessVariable {
    /// nil for what is not followed.
    init?(_ variable: GlobalVariable, _ formats: inout LineFormats) {
        switch variable.value {
        case .expression(let expression): self.init(variable.name, ProxyEngine.SampleExpression(expression, of: ""))
        case .format(let text):
            guard let format = formats.format(text, of: "", isValue: true) else { return nil }
            self.init(variable.name, format)
        }
    }
}
