import DataPlaneAPI

@main struct Main {
    static func main() async { await DataPlaneProgram.main() }
}
