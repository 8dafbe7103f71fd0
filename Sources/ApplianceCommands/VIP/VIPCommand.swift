internal import ArgumentParser

/// `appliance-net vip`: the ranges of virtual addresses.
struct VIPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vip",
        abstract: "List, add, remove and check the ranges of virtual addresses.",
        discussion: """
            /etc/vmware/anyip-routes.cfg stays the truth: add and remove change one line of it, keep the others and all \
            comments, and have it applied at once.
            """,
        subcommands: [VIPListCommand.self, VIPAddCommand.self, VIPRemoveCommand.self, VIPCheckCommand.self]
    )
}
