import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// What happens to the connections of one frontend and its backend.
struct CounterCase: Sendable {
    /// One of the two proxies, as a case sees it.
    struct Side: Sendable {
        let host: UInt8
        let port: UInt16
        /// Of the frontend and the backend, behind their letters.
        let number: Int
        let path: String

        func connect(_ words: String = "") throws -> TestSocket {
            let socket = try TestSocket.connect(port: port, host: host)
            if !words.isEmpty { try socket.send(words) }
            return socket
        }

        /// What a client gets and how that ends; it says its words, and may end then.
        @discardableResult
        func ask(_ words: String = "", ends: Bool = false) throws -> String {
            let socket = try connect()
            if !words.isEmpty { try? socket.send(words) }
            if ends { socket.shutdownWrite() }
            return socket.rest()
        }

        @discardableResult
        func command(_ words: String) throws -> String {
            try MasterClient(path: path, timeoutMilliseconds: 60000).send(words)
        }

        func rows() throws -> [[String: String]] {
            let lines = try command("show stat").split(separator: "\n")
            let names = lines[0].dropFirst(2).split(separator: ",", omittingEmptySubsequences: false)
            return lines.dropFirst().map { line in
                let cells = line.split(separator: ",", omittingEmptySubsequences: false)
                return Dictionary(zip(names, cells).map { (String($0), String($1)) }) { first, _ in first }
            }
        }

        /// Waits until a column of the backend says so.
        func wait(_ column: String, _ value: String) throws {
            let isSo = try eventually {
                try rows().contains { row in
                    row["pxname"] == "b\(number)" && row["svname"] == "BACKEND" && row[column] == value
                }
            }
            try #require(isSo, "\(column) of b\(number)")
        }

        /// Lets time pass, so that how long commands and this test take does not make a time a long one, or leave it a short one.
        func stay() { usleep(UInt32(CounterCase.wait) * 1000) }

        /// A client that has the only place at the server.
        func holder() throws -> TestSocket {
            let socket = try connect("x")
            _ = try socket.receive()
            return socket
        }

        /// A client that waits for the place of another.
        func waiter(_ words: String = "hey") throws -> TestSocket {
            let socket = try connect(words)
            try wait("qcur", "1")
            return socket
        }
    }

    let name: String
    /// Lines of the frontend, and of the backend behind `backend`.
    let frontend: String
    let backend: String
    /// Gives what clients have got, where that is worth a look.
    let drive: @Sendable (Side) throws -> String

    init(
        _ name: String,
        frontend: String = "",
        _ backend: String,
        _ drive: @escaping @Sendable (Side) throws -> String
    ) {
        self.name = name
        self.frontend = frontend
        self.backend = backend
        self.drive = drive
    }
}

extension TestSocket {
    /// What comes until the end, and how it ends.
    func rest() -> String {
        var text = ""
        while true {
            guard let bytes = try? receive() else { return text + " reset" }
            if bytes.isEmpty { return text + " end" }
            text += String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Ends by a reset.
    func reset() {
        resetOnClose()
        shutdownBoth()
    }

    private func shutdownBoth() {
        // What a reset takes is the last descriptor of the socket: another one takes its place.
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        dup2(null, raw)
        close(null)
    }
}
