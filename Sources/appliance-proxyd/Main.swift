import Glibc
import ProxyDaemon

@main struct Main {
    static func main() { exit(ProxyDaemon.run(Array(CommandLine.arguments.dropFirst()))) }
}
