internal import CZstd

/// Zstandard (RFC 8878) of the system's libzstd.
enum Zstandard {
    /// For what is done often, and for what must be small.
    static let fast: Int32 = 3
    static let small: Int32 = 19

    /// - Returns: One frame that tells the size of what is in it.
    static func compress(_ bytes: [UInt8], level: Int32) throws(BundleError) -> [UInt8] {
        guard let context = ZSTD_createCCtx() else { throw .compression("no memory") }
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        // The versions of one file are megabytes apart and mostly the same.
        ZSTD_CCtx_setParameter(context, ZSTD_c_enableLongDistanceMatching, 1)
        var code = 0
        let result = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { buffer, count in
            code = bytes.withUnsafeBytes {
                ZSTD_compress2(context, buffer.baseAddress, buffer.count, $0.baseAddress, $0.count)
            }
            count = ZSTD_isError(code) == 0 ? code : 0
        }
        if ZSTD_isError(code) != 0 { throw .compression(String(cString: ZSTD_getErrorName(code))) }
        return result
    }

    /// - Parameter limit: Most bytes that come out.
    static func decompress(_ frame: [UInt8], limit: Int) throws(BundleError) -> [UInt8] {
        let size = frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        // The two errors are the highest numbers.
        guard size <= UInt64(limit) else { throw .damaged("a compressed part is not one, or too long") }
        var code = 0
        let result = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            code = frame.withUnsafeBytes {
                ZSTD_decompress(buffer.baseAddress, buffer.count, $0.baseAddress, $0.count)
            }
            count = ZSTD_isError(code) == 0 ? code : 0
        }
        guard ZSTD_isError(code) == 0, result.count == Int(size) else { throw .damaged("a compressed part is broken") }
        return result
    }
}
