internal import Glibc

/// Entries that have changed since the peers of a table were told, in order. A list through the ``StickPeerNote``s of entries,
/// so that what is told is bounded by the table.
struct StickNews {
    /// Indices plus 2; 0: none.
    var first: UInt32 = 0
    var last: UInt32 = 0
    /// The number of the last change.
    var update: UInt32 = 0
    /// An eventfd of whoever tells the peers; -1: nobody does.
    var alarm: Int32 = -1
    /// Whoever tells the peers has nothing to do, and wants to hear of the next change.
    var isAwaited = false
}

extension StickMemory {
    private func peerNote(_ index: UInt32) -> UnsafeMutablePointer<StickPeerNote> {
        (entry(index) + columns.noteOffset).assumingMemoryBound(to: StickPeerNote.self)
    }

    /// The number of the entry's last change.
    func update(_ index: UInt32) -> UInt32 { peerNote(index).pointee.update }

    /// An entry has changed here.
    mutating func note(_ index: UInt32) {
        news.update &+= 1
        let note = peerNote(index)
        note.pointee.update = news.update
        guard news.alarm >= 0, note.pointee.next == 0 else { return }
        note.pointee.next = 1
        if news.first == 0 { news.first = index + 2 } else { peerNote(news.last - 2).pointee.next = index + 2 }
        news.last = index + 2
        guard news.isAwaited else { return }
        news.isAwaited = false
        var one: UInt64 = 1
        _ = write(news.alarm, &one, 8)
    }

    /// The next entry that has changed; nil if peers know all.
    mutating func takeNews() -> UInt32? {
        guard news.first != 0 else { return nil }
        let index = news.first - 2
        let note = peerNote(index)
        news.first = note.pointee.next == 1 ? 0 : note.pointee.next
        if news.first == 0 { news.last = 0 }
        note.pointee.next = 0
        return index
    }
}
