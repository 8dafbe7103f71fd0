extension ByteWriter {
    mutating func write(_ group: LogGroup) {
        string(group.tag)
        optional(group.hostName) { $0.string($1) }
        list(group.outputs) { $0.write($1) }
    }

    private mutating func write(_ output: LogOutput) {
        switch output.destination {
        case .standardOutput: number(UInt8(0))
        case .standardError: number(UInt8(1))
        case .datagrams(let endpoint):
            number(UInt8(2))
            self.endpoint(endpoint)
        case .unix(let place):
            number(UInt8(3))
            string(place)
        }
        string(output.format.rawValue)
        number(output.facility)
        number(output.level.rawValue)
        number(output.minimumLevel.rawValue)
        number(output.length)
    }

    mutating func write(_ format: LineFormat) {
        list(format.parts) { writer, part in
            switch part {
            case .text(let text):
                writer.flag(false)
                writer.string(text)
            case .variable(let variable, let flags):
                writer.flag(true)
                writer.string(variable.rawValue)
                writer.number(flags.rawValue)
            }
        }
    }
}

extension ByteReader {
    mutating func logGroup() throws(MalformedSnapshot) -> LogGroup {
        let tag = try string()
        let hostName = try flag() ? try string() : nil
        let outputs = try list { (reader) throws(MalformedSnapshot) in try reader.logOutput() }
        return LogGroup(outputs: outputs, tag: tag, hostName: hostName)
    }

    private mutating func logOutput() throws(MalformedSnapshot) -> LogOutput {
        let destination: LogDestination
        switch try number(UInt8.self) {
        case 0: destination = .standardOutput
        case 1: destination = .standardError
        case 2: destination = .datagrams(try endpoint())
        case 3: destination = .unix(try string())
        default: throw MalformedSnapshot()
        }
        guard let format = LogFormat(rawValue: try string()) else { throw MalformedSnapshot() }
        let facility: UInt8 = try number()
        return LogOutput(
            destination,
            format: format,
            facility: facility,
            level: try logLevel(),
            minimumLevel: try logLevel(),
            length: try number()
        )
    }

    mutating func lineFormat() throws(MalformedSnapshot) -> LineFormat {
        LineFormat(
            parts: try list { (reader) throws(MalformedSnapshot) in
                guard try reader.flag() else { return .text(try reader.string()) }
                guard let variable = LineFormat.Variable(rawValue: try reader.string()) else {
                    throw MalformedSnapshot()
                }
                return .variable(variable, LineFormat.Flags(rawValue: try reader.number()))
            }
        )
    }

    private mutating func logLevel() throws(MalformedSnapshot) -> LogLevel {
        guard let level = LogLevel(rawValue: try number()) else { throw MalformedSnapshot() }
        return level
    }
}
