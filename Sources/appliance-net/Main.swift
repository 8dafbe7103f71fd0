import ApplianceCommands

@main struct Main {
    static func main() { ApplianceCommand.start() }
}
