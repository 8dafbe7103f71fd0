/// A key whose text lies elsewhere: a string for each of thousands would keep a page of what starting leaves.
struct PlanName: Hashable {
    let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    init(_ text: PlanText) { bytes = UnsafeBufferPointer(start: text.start, count: text.count) }

    static func == (a: PlanName, b: PlanName) -> Bool { a.bytes.elementsEqual(b.bytes) }

    func hash(into hasher: inout Hasher) { hasher.combine(bytes: UnsafeRawBufferPointer(bytes)) }
}
