import TestSupport
import Testing

/// A mount whose server is gone: no call on it returns before this goes.
final class DeadMount {
    /// It is in a namespace of its own, which this leads to: on this machine's mounts nothing shall hang.
    let path: String
    private let server: SpawnedProcess

    private static let script = """
        import ctypes, os, signal, sys
        device = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={device},rootmode=40000,user_id=0,group_id=0"
        place = sys.argv[1]
        os.mkdir(place)
        if ctypes.CDLL(None).mount(b"dead", place.encode(), b"fuse", 0, options.encode()) != 0:
            sys.exit("no mount")
        print("mounted", flush=True)
        signal.pause()
        """

    init(_ directory: String) throws {
        let server = try SpawnedProcess(
            ["unshare", "--mount", "/usr/bin/python3", "-c", Self.script, directory + "/mount"],
            output: directory + "/mount-log",
            isPatient: false
        )
        self.server = server
        path = "/proc/\(server.pid)/root\(directory)/mount"
        try #require(eventually(seconds: 60) { server.log == "mounted\n" }, "\(server.log)")
    }
}
