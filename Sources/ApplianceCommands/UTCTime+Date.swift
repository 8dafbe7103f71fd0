internal import Diagnostics
internal import FoundationEssentials

extension UTCTime {
    init(_ date: Date) { self.init(Int64(date.timeIntervalSince1970)) }
}
