import Netlink

extension Difference {
    mutating func compareRules() {
        var left = actual.rules
        for rule in desired.rules {
            if let index = left.firstIndex(where: { $0.isEquivalent(to: rule) }) {
                note(.rule, rule.text, .inSync)
                left.remove(at: index)
            } else {
                note(.rule, rule.text, .missing)
                run(.addRule, .addRule(rule))
            }
        }
        // What is left and ours is not wanted any more, or is there twice.
        for rule in left {
            if rule.isOurs {
                note(.rule, rule.text, .surplus)
                run(.deleteRule, .deleteRule(rule))
            } else if desired.tables.contains(rule.table) {
                note(.rule, rule.text, .foreign, "priority \(rule.priority) proto \(rule.origin)")
            }
        }
    }
}
