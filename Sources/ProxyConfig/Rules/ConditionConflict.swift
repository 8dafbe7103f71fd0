/// What a condition asks for that nobody can tell at its place: HAProxy warns and goes on.
struct ConditionConflict {
    /// What one ACL asks for.
    struct Use {
        var keyword: String
        var places: SamplePlace.Set
    }

    /// nil: it has no name.
    let acl: String?
    let keyword: String
    /// Nothing that the ACL asks for can be told: it never matches.
    let isWhole: Bool

    /// `acl 'a' will never match because …`
    ///
    /// - Parameters:
    ///   - rule: `tcp-request content`, whose rules HAProxy judges in other words than the rest; nil for the rest.
    ///   - places: Where it is asked.
    func message(_ rule: String?, _ places: SamplePlace.Set) -> String {
        let what = "incompatible with '\(places.label)'"
        guard isWhole else {
            return acl.map { "acl '\($0)' involves keyword\(rule == nil ? "s" : "") '\(keyword)' which is \(what)" }
                ?? "anonymous acl involves keyword '\(keyword)' which is \(what)"
        }
        let place = rule.map { " in '\($0)'" } ?? ""
        return acl.map {
            "acl '\($0)' will never match\(place) because it only involves keywords that are \(what)"
        } ?? "anonymous acl will never match\(place) because it uses keyword '\(keyword)' which is \(what)"
    }
}

/// Finds the conflict of a condition that HAProxy warns of: of an ACL that never matches if there is one.
struct ConflictSearch {
    let places: SamplePlace.Set
    private(set) var conflict: ConditionConflict?

    init(_ places: SamplePlace.Set) { self.places = places }

    mutating func look(_ acl: String?, _ uses: [ConditionConflict.Use]) {
        guard conflict?.isWhole != true else { return }
        var isWhole = true
        var first: String?
        for use in uses {
            if !use.places.isDisjoint(with: places) { isWhole = false } else if first == nil { first = use.keyword }
        }
        guard let first, isWhole || conflict == nil else { return }
        conflict = ConditionConflict(acl: acl, keyword: first, isWhole: isWhole)
    }
}
