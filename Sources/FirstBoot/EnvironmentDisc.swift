internal import Glibc
internal import Syscalls

/// The disc that the ISO transport of OVF puts into a drive: `ovf-env.xml` in the top directory of an ISO 9660 file
/// system (ECMA-119).
///
/// Read without mounting it: what is on the disc is somebody else's, and a mount would hold it in the drive.
public enum EnvironmentDisc {
    /// A disc, or a drive, that cannot be read.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    public static let drives = ["/dev/sr0", "/dev/sr1", "/dev/sr2", "/dev/sr3"]

    private static let sector = 2048
    private static let longestFile = 1 << 20
    private static let longestDirectory = 1 << 16

    /// The file's bytes; nil if there is no drive, or no disc in it.
    static func read(_ drive: String) throws(Failure) -> [UInt8]? {
        do {
            let file = try FileDescriptor.open(drive, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            let descriptor = try read(file, at: 16, count: sector)
            // The primary volume descriptor (8.4): its type, the standard's name, the record of the top directory.
            guard descriptor.count == sector, descriptor[0] == 1, descriptor[1..<6].elementsEqual("CD001".utf8) else {
                throw another("no ISO 9660 file system is on it", drive)
            }
            let top = extent(descriptor[156...])
            guard top.count <= longestDirectory else { throw another("its file system is damaged", drive) }
            let directory = try read(file, at: top.sector, count: top.count)
            guard let found = find(directory) else { throw another("there is no ovf-env.xml on it", drive) }
            guard found.count <= longestFile else {
                throw SystemError(code: EFBIG, operation: "read ovf-env.xml on \(drive)")
            }
            let bytes = try read(file, at: found.sector, count: found.count)
            guard bytes.count == found.count else {
                throw SystemError(code: EIO, operation: "read ovf-env.xml on \(drive)")
            }
            return bytes
        } catch {
            // No drive, no disc.
            if let system = error as? SystemError, [ENOENT, ENXIO, ENODEV, ENOMEDIUM].contains(system.code) {
                return nil
            }
            throw error as? Failure ?? Failure(description: "\(error)")
        }
    }

    private static func another(_ reason: String, _ drive: String) -> Failure {
        Failure(description: "the disc in \(drive) has no properties: \(reason)")
    }

    /// Where a directory record (9.1) says that its file is.
    private static func extent(_ record: ArraySlice<UInt8>) -> (sector: Int, count: Int) {
        func number(_ offset: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(record[record.startIndex + offset + $1]) << (8 * $1) }
        }
        return (number(2), number(10))
    }

    /// Discs write the name as `OVF-ENV.XML;1` or, with the letters of the standard alone, as `OVF_ENV.XML;1`.
    private static func find(_ directory: [UInt8]) -> (sector: Int, count: Int)? {
        var index = 0
        while index < directory.count {
            let length = Int(directory[index])
            guard length >= 34, index + length <= directory.count else {
                // Records do not cross sectors: the rest of this one is empty.
                guard length == 0 else { return nil }
                index = (index / sector + 1) * sector
                continue
            }
            let record = directory[index..<(index + length)]
            let nameLength = Int(record[index + 32])
            let name = String(decoding: record.dropFirst(33).prefix(nameLength), as: UTF8.self).lowercased()
            let isDirectory = record[index + 25] & 2 != 0
            let isIt = ["ovf-env.xml", "ovf_env.xml"].contains(name.prefix { $0 != ";" })
            if !isDirectory, isIt { return extent(record) }
            index += length
        }
        return nil
    }

    /// What there is of `count` bytes from a sector on.
    private static func read(
        _ file: borrowing FileDescriptor,
        at sector: Int,
        count: Int
    ) throws(SystemError) -> [UInt8] {
        let descriptor = file.raw
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let start = filled
            let more = try syscall("read a disc") {
                bytes.withUnsafeMutableBytes {
                    pread(descriptor, $0.baseAddress?.advanced(by: start), count - start, sector * Self.sector + start)
                }
            }
            if more == 0 { break }
            filled += more
        }
        return Array(bytes.prefix(filled))
    }
}
