import Diagnostics

extension Checker {
    mutating func startProgram() {
        let name = word(1)
        guard !name.isEmpty else {
            error(at: 0, "'program' expects an <id> argument", remedy: "give the section a name")
            return
        }
        refuseExtra(after: 1)
        if model.programs.contains(where: { $0.name == name }) {
            error(
                at: 1,
                "'\(name)' program section already exists in the configuration.",
                remedy: "give one of them another name"
            )
        }
        model.programs.append(Program(name: name, position: position(0)))
    }

    mutating func checkProgram() {
        // The section of a wrong header has nowhere to go.
        guard let last = model.programs.indices.last else { return }
        switch word(0) {
        case "command":
            guard required(1, "'command' expects a command with optional arguments separated in words.") != nil else {
                return
            }
            model.programs[last].command = Array(words(from: 1))
        case "user":
            guard let name = required(1, "'user' expects a user name.") else { return }
            guard surroundings.hasUser(name) else {
                error(at: 1, "cannot find user id for '\(name)' (0:Success)", remedy: "name a user of this system")
                return
            }
            model.programs[last].user = name
        case "group":
            guard let name = required(1, "'group' expects a group name.") else { return }
            guard surroundings.hasGroup(name) else {
                error(at: 1, "cannot find group id for '\(name)' (0:Success)", remedy: "name a group of this system")
                return
            }
            model.programs[last].group = name
        case "option":
            guard let option = required(1, "'option' expects an option name.") else { return }
            guard option == "start-on-reload" else {
                error(at: 1, "unknown option '\(option)'.", remedy: "the only one is start-on-reload")
                return
            }
            guard word(2).isEmpty else {
                let extra = "'option start-on-reload' cannot handle unexpected argument '\(word(2))'."
                error(at: 2, extra, remedy: "remove what stands behind")
                return
            }
            model.programs[last].startsOnReload = negation == nil
        default: unknownKeyword(in: "program", among: SectionKeywords.names(.program))
        }
    }

    /// What can be said only when all sections are read.
    mutating func checkPrograms() {
        if let first = model.programs.first, !surroundings.isMasterWorker, !model.global.isMasterWorker {
            report(
                .error,
                at: first.position,
                "Can't use a 'program' section without master worker mode.",
                remedy: "write 'master-worker' in the global section, or start with -W"
            )
        }
        for program in model.programs where program.command.isEmpty {
            report(
                .error,
                at: program.position,
                "The program section '\(program.name)' lacks a command to launch.",
                remedy: "add a 'command' line"
            )
        }
    }
}
