extension ByteWriter {
    mutating func write(_ group: LogGroup) {
        string(group.tag)
        optional(group.hostName) { $0.string($1) }
        optional(group.structuredData) { $0.write($1) }
        optional(group.errorFormat) { $0.write($1) }
        optional(group.owner) { $0.string($1) }
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
        case .ring(let ring):
            number(UInt8(4))
            write(ring)
        case .descriptor(let descriptor):
            number(UInt8(5))
            number(descriptor)
        }
        string(output.format.rawValue)
        number(output.facility)
        number(output.level.rawValue)
        number(output.minimumLevel.rawValue)
        number(output.length)
        optional(output.sample) { writer, sample in
            writer.number(sample.size)
            writer.list(sample.ranges) { writer, range in
                writer.number(range.lowerBound)
                writer.number(range.upperBound)
            }
        }
    }

    private mutating func write(_ ring: LogRing) {
        string(ring.name)
        string(ring.description)
        string(ring.format.rawValue)
        number(ring.maxLength)
        number(ring.size)
        optional(ring.connectTimeout) { $0.number($1) }
        optional(ring.serverTimeout) { $0.number($1) }
        list(ring.servers) { writer, server in
            writer.string(server.name)
            writer.endpoint(server.endpoint)
            writer.flag(server.countsOctets)
        }
    }

    mutating func write(_ format: LineFormat) {
        flag(format.isValue)
        list(format.parts) { writer, part in
            switch part {
            case .text(let text):
                writer.number(UInt8(0))
                writer.string(text)
            case .variable(let variable, let flags):
                writer.number(UInt8(1))
                writer.string(variable.rawValue)
                writer.number(flags.rawValue)
            case .sample(let expression, let flags):
                writer.number(UInt8(2))
                writer.write(expression)
                writer.number(flags.rawValue)
            }
        }
    }
}

extension ByteReader {
    mutating func logGroup() throws(MalformedSnapshot) -> LogGroup {
        let tag = try string()
        var group = LogGroup(outputs: [], tag: tag, hostName: try flag() ? try string() : nil)
        group.structuredData = try flag() ? try lineFormat() : nil
        group.errorFormat = try flag() ? try lineFormat() : nil
        group.owner = try flag() ? try string() : nil
        group.outputs = try list { (reader) throws(MalformedSnapshot) in try reader.logOutput() }
        return group
    }

    private mutating func logOutput() throws(MalformedSnapshot) -> LogOutput {
        let destination: LogDestination
        switch try number(UInt8.self) {
        case 0: destination = .standardOutput
        case 1: destination = .standardError
        case 2: destination = .datagrams(try endpoint())
        case 3: destination = .unix(try string())
        case 4: destination = .ring(try ring())
        case 5: destination = .descriptor(try number())
        default: throw MalformedSnapshot()
        }
        let format = try logFormat()
        let facility: UInt8 = try number()
        return LogOutput(
            destination,
            format: format,
            facility: facility,
            level: try logLevel(),
            minimumLevel: try logLevel(),
            length: try number(),
            sample: try flag() ? try sample() : nil
        )
    }

    private mutating func sample() throws(MalformedSnapshot) -> LogSample {
        let size: UInt32 = try number()
        let ranges = try list { (reader) throws(MalformedSnapshot) in
            let (low, high): (UInt32, UInt32) = (try reader.number(), try reader.number())
            guard low <= high else { throw MalformedSnapshot() }
            return low...high
        }
        guard size > 0 else { throw MalformedSnapshot() }
        return LogSample(ranges: ranges, size: size)
    }

    private mutating func logFormat() throws(MalformedSnapshot) -> LogFormat {
        guard let format = LogFormat(rawValue: try string()) else { throw MalformedSnapshot() }
        return format
    }

    private mutating func ring() throws(MalformedSnapshot) -> LogRing {
        var ring = LogRing(name: try string(), description: try string(), format: try logFormat())
        ring.maxLength = try number()
        ring.size = try number()
        ring.connectTimeout = try optionalNumber()
        ring.serverTimeout = try optionalNumber()
        ring.servers = try list { (reader) throws(MalformedSnapshot) in
            LogRing.Server(name: try reader.string(), endpoint: try reader.endpoint(), countsOctets: try reader.flag())
        }
        return ring
    }

    mutating func lineFormat() throws(MalformedSnapshot) -> LineFormat {
        let isValue = try flag()
        return LineFormat(
            parts: try list { (reader) throws(MalformedSnapshot) in
                switch try reader.number(UInt8.self) {
                case 0: return .text(try reader.string())
                case 1:
                    guard let variable = LineFormat.Variable(rawValue: try reader.string()) else {
                        throw MalformedSnapshot()
                    }
                    return .variable(variable, LineFormat.Flags(rawValue: try reader.number()))
                case 2: return .sample(try reader.expression(), LineFormat.Flags(rawValue: try reader.number()))
                default: throw MalformedSnapshot()
                }
            },
            isValue: isValue
        )
    }

    private mutating func logLevel() throws(MalformedSnapshot) -> LogLevel {
        guard let level = LogLevel(rawValue: try number()) else { throw MalformedSnapshot() }
        return level
    }
}
