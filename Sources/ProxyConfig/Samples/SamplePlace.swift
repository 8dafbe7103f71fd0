/// Where a sample is asked for: what a method can answer depends on how far a connection has come.
///
/// The raw value is the column of `haproxy -dKsmp`.
enum SamplePlace: Int {
    case frontendConnection
    case frontendSession
    case frontendContent
    case frontendRequest
    case frontendRequestBody
    case switching
    case backendContent
    case backendRequest
    case backendRequestBody
    case serverChoice
    case sourceChoice
    case backendResponseContent
    case backendResponse
    case backendResponseBody
    case storing
    case frontendResponseContent
    case frontendResponse
    case frontendResponseBody
    case log
    case check
    case parser
    case commandLine

    /// Several places.
    struct Set: OptionSet, Sendable, Hashable {
        let rawValue: UInt32

        init(rawValue: UInt32) { self.rawValue = rawValue }

        init(_ place: SamplePlace) { rawValue = 1 << UInt32(place.rawValue) }
    }
}
