/// Where in a message a reader is, numbered and named as HAProxy does.
enum HTTPState: UInt8, Sendable {
    case before = 0
    case beforeCR = 1
    case method = 2
    case methodSpace = 3
    case target = 4
    case targetSpace = 5
    case version = 6
    case lineEnd = 7
    case firstField = 16
    case fieldName = 17
    case valueSpace = 19
    case valueLF = 20
    case valueFold = 21
    case value = 22
    case nextLF = 23
    case nextFold = 24
    case lastLF = 25
    case chunkSize = 26
    case data = 27
    case chunkEnd = 28
    case trailers = 29
    case done = 30

    var name: String {
        switch self {
        case .before: "MSG_RQBEFORE"
        case .beforeCR: "MSG_RQBEFORE_CR"
        case .method: "MSG_RQMETH"
        case .methodSpace: "MSG_RQMETH_SP"
        case .target: "MSG_RQURI"
        case .targetSpace: "MSG_RQURI_SP"
        case .version: "MSG_RQVER"
        case .lineEnd: "MSG_RQLINE_END"
        case .firstField: "MSG_HDR_FIRST"
        case .fieldName: "MSG_HDR_NAME"
        case .valueSpace: "MSG_HDR_L1_SP"
        case .valueLF: "MSG_HDR_L1_LF"
        case .valueFold: "MSG_HDR_L1_LWS"
        case .value: "MSG_HDR_VAL"
        case .nextLF: "MSG_HDR_L2_LF"
        case .nextFold: "MSG_HDR_L2_LWS"
        case .lastLF: "MSG_LAST_LF"
        case .chunkSize: "MSG_CHUNK_SIZE"
        case .data: "MSG_DATA"
        case .chunkEnd: "MSG_CHUNK_CRLF"
        case .trailers: "MSG_TRAILERS"
        case .done: "MSG_DONE"
        }
    }
}
