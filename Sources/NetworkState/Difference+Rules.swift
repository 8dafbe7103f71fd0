import Netlink

extension Difference {
    mutating func compareRules() {
        let wanted = Set(desired.rules.map { $0.key })
        let present = Set(actual.rules.filter { !$0.isComplex }.map { $0.key })
        for rule in desired.rules {
            if present.contains(rule.key) {
                note(.rule, rule.text, .inSync)
            } else {
                note(.rule, rule.text, .missing)
                run(.addRule, .addRule(rule))
            }
        }
        var kept: Set<Rule.Key> = []
        for rule in actual.rules {
            // The first that does what is wanted stays, whoever made it; a second one of ours goes.
            if !rule.isComplex, wanted.contains(rule.key), kept.insert(rule.key).inserted { continue }
            if rule.isOurs {
                note(.rule, rule.text, .surplus)
                run(.deleteRule, .deleteRule(rule))
            } else if let detail = influence(of: rule) {
                note(.rule, rule.text, .foreign, detail)
            }
        }
    }
}
