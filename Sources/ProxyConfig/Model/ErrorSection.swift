/// An `http-errors` section: answers in files, for proxies that name it in `errorfiles`.
public struct ErrorSection: Sendable, Hashable {
    public struct File: Sendable, Hashable {
        public var status: String
        public var path: String

        public init(status: String, path: String) {
            self.status = status
            self.path = path
        }
    }

    public var name: String
    public var files: [File] = []

    public init(name: String) { self.name = name }
}
