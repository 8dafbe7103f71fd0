/// Notes whether the surroundings were asked: what they answered need not be so the next time.
final class Consultation: @unchecked Sendable {
    // A check is made by one thread.
    var wasAsked = false

    func noting(_ surroundings: Surroundings) -> Surroundings {
        var noting = surroundings
        noting.variable = { [self] in
            wasAsked = true
            return surroundings.variable($0)
        }
        noting.hasUser = { [self] in
            wasAsked = true
            return surroundings.hasUser($0)
        }
        noting.hasGroup = { [self] in
            wasAsked = true
            return surroundings.hasGroup($0)
        }
        noting.hasFile = { [self] in
            wasAsked = true
            return surroundings.hasFile($0)
        }
        if let resolve = surroundings.resolve {
            noting.resolve = { [self] in
                wasAsked = true
                return resolve($0)
            }
        }
        return noting
    }
}
