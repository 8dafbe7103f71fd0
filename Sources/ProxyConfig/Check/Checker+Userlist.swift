import Diagnostics

extension Checker {
    mutating func startUserlist() {
        let name = word(1)
        guard !name.isEmpty else {
            error(at: 1, "'userlist' expects <name> as arguments.", remedy: "give the list a name")
            return
        }
        refuseExtra(after: 1)
        refuseCharacters(of: name, at: 1, "userlist")
        guard !model.userlists.contains(where: { $0.name == name }) else {
            warn(at: 1, "ignoring duplicated userlist '\(name)'.", remedy: "keep one list of this name")
            return
        }
        model.userlists.append(Userlist(name: name, position: position(0)))
        userlistIndex = model.userlists.count - 1
    }

    mutating func checkUserlist() {
        switch word(0) {
        case "user": checkUser()
        case "group": checkGroup()
        default: unknownKeyword(in: "users", among: SectionKeywords.names(.userlist))
        }
    }

    private mutating func checkUser() {
        let name = word(1)
        guard !name.isEmpty else {
            error(at: 1, "'user' expects <name> as arguments.", remedy: "write the user's name")
            return
        }
        var user = Userlist.User(name: name, password: nil)
        var index = 2
        while !word(index).isEmpty {
            let value = word(index + 1)
            switch word(index) {
            case "password":
                guard isHash(value) else {
                    warn(
                        at: index + 1,
                        "the password of user '\(name)' is no hash that this system understands; it never matches",
                        remedy: "write a hash made by mkpasswd -m sha-256"
                    )
                    break
                }
                user.password = .hashed(value)
            case "insecure-password": user.password = .plain(value)
            case "groups": user.groups = value.split(separator: ",").map { String($0) }
            default:
                error(
                    at: index,
                    "unknown keyword '\(word(index))' in 'users' section",
                    remedy: "write password, insecure-password or groups"
                )
                return
            }
            index += 2
        }
        guard let list = userlistIndex else { return }
        guard !model.userlists[list].users.contains(where: { $0.name == name }) else {
            warn(
                at: 1,
                "ignoring duplicated user '\(name)' in userlist '\(model.userlists[list].name)'.",
                remedy: "keep one line of this user"
            )
            return
        }
        model.userlists[list].users.append(user)
    }

    /// The forms of crypt(3) that glibc and libxcrypt know; HAProxy asks crypt(3) itself and warns.
    private func isHash(_ text: String) -> Bool {
        if text.hasPrefix("$") {
            return text.utf8.filter { $0 == UInt8(ascii: "$") }.count >= 3 && !text.hasPrefix("$$")
        }
        return text.utf8.count == 13
    }

    private mutating func checkGroup() {
        let name = word(1)
        guard !name.isEmpty else {
            error(at: 1, "'group' expects <name> as arguments.", remedy: "write the group's name")
            return
        }
        refuseCharacters(of: name, at: 1, "group")
        guard word(2).isEmpty || word(2) == "users" else {
            error(at: 2, "unknown keyword '\(word(2))' in 'group' section", remedy: "write users and their names")
            return
        }
        guard let list = userlistIndex else { return }
        model.userlists[list].groups.append(name)
        let place = position(3)
        for member in word(3).split(separator: ",") { memberships.append((list, name, String(member), place)) }
    }

    /// Resolves users and groups, which may stand in any order; a list speaks of its own only.
    mutating func finishUserlists() {
        for (list, group, member, place) in memberships {
            guard let index = model.userlists[list].users.firstIndex(where: { $0.name == member }) else {
                report(
                    .error,
                    at: place,
                    "userlist '\(model.userlists[list].name)': no such user '\(member)' specified in group '\(group)'",
                    remedy: "add the user, or remove the name"
                )
                continue
            }
            model.userlists[list].users[index].groups.append(group)
        }
        for userlist in model.userlists {
            for user in userlist.users {
                for group in user.groups where !userlist.groups.contains(group) {
                    report(
                        .error,
                        at: userlist.position,
                        "userlist '\(userlist.name)': no such group '\(group)' specified in user '\(user.name)'",
                        remedy: "add the group, or remove the name"
                    )
                }
            }
        }
    }
}
