// ApplianceCommands
