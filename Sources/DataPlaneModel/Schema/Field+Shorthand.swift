/// The usual mappings by their usual spelling, so that a resource's description reads as a table.
extension Field {
    /// The keyword of a member: underscores are hyphens in haproxy.cfg.
    static func keyword(_ name: String) -> String {
        String(name.map { $0 == "_" ? "-" : $0 })
    }

    /// A number behind its keyword.
    static func integer(_ name: String, _ words: String..., in range: ClosedRange<Int>? = nil) -> Field {
        Field(name, .integer(range), .value(words.isEmpty ? [keyword(name)] : words))
    }

    /// A duration behind its keyword.
    static func time(_ name: String, _ words: String..., in range: ClosedRange<Int>? = nil) -> Field {
        Field(name, .time(in: range), .value(words.isEmpty ? [keyword(name)] : words))
    }

    /// A duration behind its keyword that counts seconds where it has no unit.
    static func seconds(_ name: String, _ words: String...) -> Field {
        Field(name, .time(unit: 1000), .value(words.isEmpty ? [keyword(name)] : words))
    }

    /// A string of some pattern behind its keyword.
    static func string(_ name: String, _ words: String..., pattern: Pattern) -> Field {
        Field(name, .string(pattern), .value(words.isEmpty ? [keyword(name)] : words))
    }

    /// A word behind its keyword.
    static func word(_ name: String, _ words: String...) -> Field {
        Field(name, .string(.word), .value(words.isEmpty ? [keyword(name)] : words))
    }

    /// A text behind its keyword, quoted where needed so that it is one argument.
    static func text(_ name: String, _ words: String...) -> Field {
        Field(name, .string(), .value(words.isEmpty ? [keyword(name)] : words))
    }

    /// One of a few words behind the keyword.
    static func oneOf(_ name: String, _ words: String..., values: [String]) -> Field {
        Field(name, .enumeration(values), .value(words.isEmpty ? [keyword(name)] : words))
    }

    /// `true` where the words are there.
    static func present(_ name: String, _ words: String...) -> Field {
        Field(name, .boolean, .flag(words.isEmpty ? [keyword(name)] : words, off: nil))
    }

    /// `option <name>`: true where it is there, false where `no option <name>` is.
    static func option(_ name: String, _ option: String? = nil) -> Field {
        let option = option ?? keyword(name)
        return Field(name, .boolean, .flag(["option", option], off: ["no", "option", option]))
    }

    /// `option <name>`: enabled where it is there, disabled where `no option <name>` is.
    static func toggledOption(_ name: String, _ option: String? = nil) -> Field {
        let option = option ?? keyword(name)
        return Field(name, .toggle, .flag(["option", option], off: ["no", "option", option]))
    }

    /// A server parameter that `no-<keyword>` takes back.
    static func toggle(_ name: String, _ word: String? = nil, off: String? = nil) -> Field {
        let word = word ?? keyword(name)
        return Field(name, .toggle, .flag([word], off: [off ?? "no-" + word]))
    }

    /// A server parameter without an opposite: `disabled` writes nothing.
    static func oneWay(_ name: String, _ word: String? = nil) -> Field {
        Field(name, .toggle, .flag([word ?? keyword(name)], off: nil))
    }

    /// `<keyword> on` or `<keyword> off`, told as enabled or disabled.
    static func onOff(_ name: String, _ words: String...) -> Field {
        let words = words.isEmpty ? [keyword(name)] : words
        return Field(name, .toggle, .flag(words + ["on"], off: words + ["off"]))
    }

    /// `<keyword>` or `no <keyword>`, told as enabled or disabled.
    static func negatable(_ name: String, _ words: String...) -> Field {
        let words = words.isEmpty ? [keyword(name)] : words
        return Field(name, .toggle, .flag(words, off: ["no"] + words))
    }

    /// An object that is one line.
    static func object(_ name: String, _ fields: [Field], _ templates: Template...) -> Field {
        Field(name, .object(fields), .templates(templates))
    }

    /// A list of objects, a line each.
    static func lines(_ name: String, _ fields: [Field], _ templates: Template...) -> Field {
        Field(name, .list(.object(fields)), .lines(templates))
    }

    /// Members that are said in one line.
    static func inline(_ fields: [Field], _ templates: Template...) -> Field {
        Field(fields.map { $0.name }.joined(separator: "+"), .object(fields), .inline(templates))
    }

    /// An object whose members are lines.
    static func group(_ name: String, _ fields: [Field]) -> Field { Field(name, .object(fields), .group) }

    /// A member whose place a template gives.
    static func slot(_ name: String, _ type: FieldType, required: Bool = false) -> Field {
        Field(name, type, .slot, required: required)
    }

    /// The condition of a rule.
    static let condition: [Field] = [.slot("cond", .condition), .slot("cond_test", .text)]
}
