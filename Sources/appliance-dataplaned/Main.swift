import DataPlaneAPI

@main struct Main {
    static func main() { DataPlaneProgram.main() }
}
