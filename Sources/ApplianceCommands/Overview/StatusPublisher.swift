internal import FoundationEssentials
internal import Guestinfo

/// Sets `guestinfo.appliance.status`, when there is something new to say.
struct StatusPublisher {
    private let guestinfo: Guestinfo
    private var last: Overview?

    init(_ guestinfo: Guestinfo) { self.guestinfo = guestinfo }

    mutating func publish(_ overview: Overview) throws {
        guard overview != last else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(OverviewJSON(overview)), as: UTF8.self)
        try guestinfo.set(GuestinfoKey.status, to: text)
        last = overview
    }
}

/// An ``Overview`` with its state, which follows from the rest.
struct OverviewJSON: Encodable {
    var overview: Overview

    init(_ overview: Overview) { self.overview = overview }

    private enum CodingKeys: String, CodingKey {
        case state
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(overview.state, forKey: .state)
        try overview.encode(to: encoder)
    }
}
