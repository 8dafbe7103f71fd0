internal import Glibc
internal import ProxyConfig
internal import ProxyEngine

/// What libFuzzer calls with every input; `FUZZ_READER` says who reads it. A reader that crashes, or that contradicts
/// itself, ends the process.
@_cdecl("LLVMFuzzerTestOneInput")
public func readOne(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    switch reader {
    case "proxy-header": Fuzzable.readProxyHeader(bytes)
    case "snapshot": Fuzzable.readSnapshot(Array(bytes))
    default:
        let text = String(decoding: bytes, as: UTF8.self)
        let file = ConfigurationFile(text, file: "fuzz")
        precondition(file.text == text, "not the same text")
        _ = file.checked()
    }
    return 0
}

private let reader = getenv("FUZZ_READER").map { String(cString: $0) } ?? "configuration"
