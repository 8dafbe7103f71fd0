/// The shorter of two waits for poll(2), of which -1 never ends.
func shorter(_ a: Int32, _ b: Int32) -> Int32 { a < 0 ? b : b < 0 ? a : min(a, b) }
