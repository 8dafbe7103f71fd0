internal import Files

/// `mem_info` of `GET info`: memory of the machine and of this process, in bytes (proc(5)).
enum MemoryFacts {
    static var object: JSONValue {
        let machine = table("/proc/meminfo")
        var object = JSONObject()
        object["dataplaneapi_memory"] = table("/proc/self/status")["VmRSS"].map { .integer($0) }
        object["free_memory"] = (machine["MemAvailable"] ?? machine["MemFree"]).map { .integer($0) }
        object["total_memory"] = machine["MemTotal"].map { .integer($0) }
        return .object(object)
    }

    /// Lines of `name: number kB`.
    private static func table(_ path: String) -> [String: Int] {
        var table: [String: Int] = [:]
        for line in ((try? AtomicFile.readText(path)) ?? "").split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count == 3, words[2] == "kB", let number = Int(words[1]) else { continue }
            table[String(words[0].dropLast())] = number * 1024
        }
        return table
    }
}
