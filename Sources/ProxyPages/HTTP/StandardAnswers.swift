/// The answers that HAProxy has of its own (`errorfile` replaces them), byte for byte.
public enum StandardAnswers {
    private static let all: [Int: (reason: String, words: String)] = [
        200: ("OK", "Service ready."),
        400: ("Bad request", "Your browser sent an invalid request."),
        401: ("Unauthorized", "You need a valid user and password to access this content."),
        403: ("Forbidden", "Request forbidden by administrative rules."),
        404: ("Not Found", "The resource could not be found."),
        405: (
            "Method Not Allowed",
            "A request was made of a resource using a request method not supported by that resource"
        ),
        407: ("Unauthorized", "You need a valid user and password to access this content."),
        408: ("Request Time-out", "Your browser didn't send a complete request in time."),
        410: ("Gone", "The resource is no longer available and will not be available again."),
        413: ("Payload Too Large", "The request entity exceeds the maximum allowed."),
        421: ("Misdirected Request", "Request sent to a non-authoritative server."),
        422: ("Unprocessable Content", "The server cannot process the contained instructions."),
        425: ("Too Early", "Your browser sent early data."),
        429: ("Too Many Requests", "You have sent too many requests in a given amount of time."),
        500: ("Internal Server Error", "An internal server error occurred."),
        501: ("Not Implemented", ".The server does not support the functionality required to fulfill the request."),
        502: ("Bad Gateway", "The server returned an invalid or incomplete response."),
        503: ("Service Unavailable", "No server is available to handle this request."),
        504: ("Gateway Time-out", "The server didn't respond in time."),
    ]

    /// Statuses that have one; others are answered as 500 is by `deny`.
    public static func has(_ status: Int) -> Bool { all[status] != nil }

    static func reason(_ status: Int) -> String {
        all[status]?.reason ?? [
            204: "No Content", 301: "Moved Permanently", 302: "Found", 303: "See Other",
            307: "Temporary Redirect", 308: "Permanent Redirect",
        ][status] ?? "Unknown"
    }

    private static func body(_ status: Int) -> String {
        guard let answer = all[status] else { return "" }
        return "<html><body><h1>\(status) \(answer.reason)</h1>\n\(answer.words)\n</body></html>\n"
    }

    static func answer(_ status: Int) -> CustomAnswer {
        let body = Array(Self.body(status).utf8)
        return CustomAnswer(
            startLine: "HTTP/1.1 \(status) \(reason(status))",
            status: status,
            fields: [
                HTTPField("content-length", "\(body.count)"), HTTPField("cache-control", "no-cache"),
                HTTPField("content-type", "text/html"),
            ],
            body: body,
            hasLength: true
        )
    }

    /// To what is no request HAProxy answers with the bytes that it has, as they are.
    static func raw(_ status: Int) -> [UInt8] {
        let body = Self.body(status)
        // Of these HAProxy's bytes have no such line.
        let connection = [413, 422].contains(status) ? "" : "Connection: close\r\n"
        let head =
            "HTTP/1.1 \(status) \(reason(status))\r\nContent-length: \(body.utf8.count)\r\nCache-Control: no-cache\r\n"
            + "\(connection)Content-Type: text/html\r\n\r\n"
        return Array((head + body).utf8)
    }
}

extension CustomAnswer {
    /// What an `errorfile` says: a whole answer.
    ///
    /// - Throws: ``UnservablePage`` for a file that is none.
    init(file bytes: [UInt8], status: Int) throws(UnservablePage) {
        guard !bytes.isEmpty else {
            self.init(startLine: "", status: status, fields: [], body: [], hasLength: true, isSilent: true)
            return
        }
        guard let (head, start) = Self.head(bytes), let first = head.first, first.hasPrefix("HTTP/1.") else {
            throw UnservablePage("the errorfile for \(status) is no answer of HTTP/1")
        }
        let fields = head.dropFirst().compactMap { line -> HTTPField? in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            let name = parts[0].lowercased()
            return name == "connection" ? nil : HTTPField(name, String(parts[1].drop { $0 == " " }))
        }
        let body = Array(bytes[start...])
        let length = fields.first { $0.name == "content-length" }.flatMap { Int($0.value) }
        if let length, length != body.count {
            throw UnservablePage("the errorfile for \(status) says another length than it has")
        }
        self.init(startLine: first, status: status, fields: fields, body: body, hasLength: length != nil)
    }

    /// The lines of the head, and where the body begins.
    private static func head(_ bytes: [UInt8]) -> (lines: [String], body: Int)? {
        var lines: [String] = []
        var index = 0
        while let end = bytes[index...].firstIndex(of: 10) {
            let line = bytes[index..<end]
            index = end + 1
            let text = String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
            if text.isEmpty { return (lines, index) }
            lines.append(text)
        }
        return nil
    }
}
