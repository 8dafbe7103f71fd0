/// When `set-var` sets a variable (configuration manual, 7.3.1): all that are named must hold.
struct VariableConditions: OptionSet {
    let rawValue: UInt8

    /// It is there; those of the process always are.
    static let exists = VariableConditions(rawValue: 1)
    static let existsNot = VariableConditions(rawValue: 2)
    /// Of what would be set; numbers and addresses are never empty.
    static let empty = VariableConditions(rawValue: 4)
    static let emptyNot = VariableConditions(rawValue: 8)
    static let set = VariableConditions(rawValue: 16)
    static let setNot = VariableConditions(rawValue: 32)
    /// The variable's number is greater, or less, than what would be set; of anything else this holds.
    static let greater = VariableConditions(rawValue: 64)
    static let less = VariableConditions(rawValue: 128)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// - Parameter names: HAProxy's; others are none.
    init(names: some Sequence<some StringProtocol>) {
        self.init(rawValue: 0)
        for name in names {
            switch String(name) {
            case "ifexists": insert(.exists)
            case "ifnotexists": insert(.existsNot)
            case "ifempty": insert(.empty)
            case "ifnotempty": insert(.emptyNot)
            case "ifset": insert(.set)
            case "ifnotset": insert(.setNot)
            case "ifgt": insert(.greater)
            case "iflt": insert(.less)
            default: break
            }
        }
    }

    func allow(_ sample: Sample, over former: Sample?, exists: Bool) -> Bool {
        if contains(.exists), !exists { return false }
        if contains(.existsNot), exists { return false }
        if contains(.set), former == nil { return false }
        if contains(.setNot), former != nil { return false }
        let isEmpty =
            switch sample {
            case .string(let text), .binary(let text): text.isEmpty
            default: false
            }
        if contains(.empty), !isEmpty { return false }
        if contains(.emptyNot), isEmpty { return false }
        if case .integer(let new) = sample, case .integer(let old)? = former {
            if contains(.greater), old <= new { return false }
            if contains(.less), old >= new { return false }
        }
        return true
    }
}
