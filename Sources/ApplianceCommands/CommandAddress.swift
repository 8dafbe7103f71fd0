internal import Addresses
internal import ArgumentParser

/// An address on the command line.
enum CommandAddress {
    static func parse(_ text: String) throws -> IPAddress {
        guard let address = IPAddress(text) else { throw ValidationError("\(text) is not an IP address.") }
        return address
    }
}
