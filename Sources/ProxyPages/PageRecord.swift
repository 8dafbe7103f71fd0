public import Addresses
internal import Glibc

/// What is known of a request when it is logged. Times in milliseconds.
public struct PageRecord: Sendable {
    public var client: Endpoint?
    public var destination: Endpoint?
    public var frontend: String
    public var note: PageNote
    public var status: Int
    public var bytesIn = 0
    public var bytesOut = 0
    /// Of the wall clock: when the connection came, and the request's first byte.
    public var acceptedAt: UInt64
    public var requestedAt: UInt64
    /// Of the first byte before the request, and of its last; -1: there was none.
    public var idle = 0
    public var request = -1
    public var total = 0
    /// nil: it was none.
    public var line: HTTPRequest?
    public var processConnections = 1
    public var frontendConnections = 1
    public var number: UInt64 = 0
    public var hostName = ""
    public var process: Int32 = 0

    public init(
        client: Endpoint?,
        destination: Endpoint?,
        frontend: String,
        note: PageNote,
        status: Int,
        acceptedAt: UInt64,
        requestedAt: UInt64
    ) {
        self.client = client
        self.destination = destination
        self.frontend = frontend
        self.note = note
        self.status = status
        self.acceptedAt = acceptedAt
        self.requestedAt = requestedAt
    }

    /// `Connect from …`, where no format is asked for.
    public var plain: String {
        let ends = [client, destination].map { $0.map { "\($0.address):\($0.port)" } ?? "unix:1" }
        return "Connect from \(ends[0]) to \(ends[1]) (\(frontend)/HTTP)"
    }
}

/// A `log-format`, or what stands for one (configuration manual, 8.2).
public struct PageLogFormat: Sendable {
    public static let http = PageLogFormat(
        "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r"
    )
    public static let tcp = PageLogFormat(
        "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq"
    )

    private enum Part: Sendable {
        case text(String)
        /// Written once, however many stand together.
        case space
        case variable(String, quotes: Bool)
    }

    private var parts: [Part] = []

    public init(_ text: String) {
        var rest = text[...]
        var literal = ""
        func flushed(_ parts: inout [Part], _ literal: inout String) {
            if !literal.isEmpty { parts.append(.text(literal)) }
            literal = ""
        }
        while let character = rest.popFirst() {
            if character == " " {
                flushed(&parts, &literal)
                parts.append(.space)
                continue
            }
            guard character == "%" else {
                literal.append(character)
                continue
            }
            if rest.first == "%" {
                literal.append("%")
                rest = rest.dropFirst()
                continue
            }
            var flags = ""
            if rest.first == "{", let end = rest.firstIndex(of: "}") {
                flags = String(rest[..<end])
                rest = rest[rest.index(after: end)...]
            }
            flushed(&parts, &literal)
            let quotes = flags.contains("+Q")
            if rest.first == "[", let end = rest.firstIndex(of: "]") {
                parts.append(.variable(String(rest[...end]), quotes: quotes))
                rest = rest[rest.index(after: end)...]
            } else {
                let name = rest.prefix { $0.isLetter }
                parts.append(.variable(String(name), quotes: quotes))
                rest = rest.dropFirst(name.count)
            }
        }
        flushed(&parts, &literal)
    }

    public func line(_ record: PageRecord) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .space: if text.last != " " { text += " " }
            case .variable(let name, let quotes):
                let value = record.value(name)
                if quotes { text += value == nil ? "\"\"" : "\"\(value ?? "")\"" } else { text += value ?? "-" }
            }
        }
        return text
    }
}

extension PageRecord {
    /// What a variable stands for; nil for what there is not.
    fileprivate func value(_ name: String) -> String? {
        switch name {
        case "ci": client.map { "\($0.address)" } ?? "unix"
        case "cp": client.map { "\($0.port)" } ?? "1"
        case "fi": destination.map { "\($0.address)" } ?? "unix"
        case "fp": destination.map { "\($0.port)" } ?? "1"
        case "t": Self.date(acceptedAt) + Self.fraction(acceptedAt)
        case "tr": Self.date(requestedAt) + Self.fraction(requestedAt)
        case "T", "trg": Self.date(requestedAt, isLocal: false) + " +0000"
        case "Tl", "trl": Self.date(requestedAt) + Self.zone(requestedAt)
        case "Ts": "\(requestedAt / 1000)"
        case "ms": "\(requestedAt % 1000)"
        case "f", "ft": frontend
        case "b": note.backend
        case "s": note.server
        case "TR", "Tq": "\(request)"
        case "Ti": "\(idle)"
        case "Th", "rc", "sq", "bq", "bc", "sc": "0"
        case "Tw", "Tc", "Tr": note.isServed ? "0" : "-1"
        case "Td": "0"
        case "Ta", "Tt", "Tu": "\(total)"
        case "ST": "\(status)"
        case "B": "\(bytesOut)"
        case "U": "\(bytesIn)"
        case "CC", "CS": "-"
        case "hr", "hs": ""
        case "ts": String(note.ending.prefix(2))
        case "tsc": note.ending
        case "ac": "\(processConnections)"
        case "fc": "\(frontendConnections)"
        case "r": line.map { $0.line } ?? "<BADREQ>"
        case "HM": line.map { $0.method } ?? "<BADREQ>"
        case "HP": line.map { String($0.path) } ?? "<BADREQ>"
        case "HU": line.map { $0.loggedTarget } ?? "<BADREQ>"
        case "HV": line.map { $0.version } ?? "<BADREQ>"
        case "HQ": line.map { $0.query.isEmpty ? "" : "?\($0.query)" } ?? "<BADREQ>"
        case "H": hostName
        case "pid": "\(process)"
        case "rt": "\(number)"
        default: nil
        }
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func parts(_ time: UInt64, _ isLocal: Bool) -> tm {
        var second = time_t(time / 1000)
        var parts = tm()
        if isLocal { localtime_r(&second, &parts) } else { gmtime_r(&second, &parts) }
        return parts
    }

    private static func padded(_ value: some BinaryInteger, _ digits: Int) -> String {
        let text = "\(value)"
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// `21/Nov/2026:13:05:09`
    private static func date(_ time: UInt64, isLocal: Bool = true) -> String {
        let parts = parts(time, isLocal)
        let day = "\(padded(parts.tm_mday, 2))/\(months[Int(parts.tm_mon) % 12])/\(padded(parts.tm_year + 1900, 4))"
        return "\(day):\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
    }

    private static func fraction(_ time: UInt64) -> String { "." + padded(time % 1000, 3) }

    private static func zone(_ time: UInt64) -> String {
        let minutes = parts(time, true).tm_gmtoff / 60
        return " \(minutes < 0 ? "-" : "+")\(padded(abs(minutes) / 60, 2))\(padded(abs(minutes) % 60, 2))"
    }
}
