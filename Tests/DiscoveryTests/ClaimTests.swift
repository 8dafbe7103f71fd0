import Addresses
import Discovery
import Glibc
import Syscalls
import TestSupport
import Testing

/// Claimed addresses on a real link, with the kernel of another machine as the witness.
@Suite(.blocking) struct ClaimTests {
    /// All of the other's neighbours have our MAC address in the place of an old one, told at once and not one after another.
    @Test(arguments: [IPAddress.Family.v4, .v6])
    func thousandAreAnnounced(_ family: IPAddress.Family) throws {
        try withTwoHosts { own, other in
            try other.run("ip", "address", "add", "10.13.201.1/16", "dev", "theirs")
            // An entry that is younger than this is not taken from its holder; these are made just now.
            try other.run("sh", "-c", "echo 0 > /proc/sys/net/ipv4/neigh/theirs/locktime")
            let first = family == .v4 ? 0x0a0d_c900 : UInt128(0x2001_0db8) << 96 | 0x100
            let addresses = (0..<1000 as Range<UInt128>).map { IPAddress(family: family, number: first + $0) }
            // Such entries are not counted against the size of the table, which all namespaces share.
            let end = "lladdr 02:00:00:00:00:99 dev theirs nud stale extern_learn\n"
            let old = addresses.map { "neigh replace \($0) " + end }
            try run("nsenter", "--net=\(other.path)", "ip", "-batch", "-", input: old.joined())
            // Once: of none is the only packet lost.
            var settings = ClaimMachine.Settings()
            settings.announcements = 1
            let claims = try ClaimSockets(settings)
            let begin = ContinuousClock.now
            claims.claim(
                addresses.map { AddressProbe.Request($0, interface: own.index, mac: Own.mac) },
                areVirtual: false,
                at: monotonicNow()
            )
            let announced = ContinuousClock.now - begin
            print("1,000 addresses of \(family) announced in \(announced)")
            // Milliseconds; not optimised, and on a slow machine that is busy, more.
            #expect(announced < .seconds(5))
            let isKnown = try serve(claims) {
                let lines = try other.run("ip", "-\(family == .v4 ? 4 : 6)", "neigh", "show", "dev", "theirs")
                return lines.split(separator: "\n").filter { $0.contains("lladdr \(Own.mac)") }.count >= 1000
            }
            #expect(isKnown)
            let known = ContinuousClock.now - begin
            print("1,000 addresses of \(family) known by the other in \(known)")
            // With the time that looks at the other's table take.
            #expect(known < .seconds(20))
        }
    }

    @Test func conflictComesAndGoes() throws {
        try withTwoHosts { own, other in
            let mac = try #require(MACAddress(Other.mac))
            var settings = ClaimMachine.Settings()
            settings.recheck = .milliseconds(100)
            let claims = try ClaimSockets(settings)
            let requests = try ["10.13.200.33", "10.13.200.34", "2001:db8::33"].map { try own.request($0) }
            claims.claim(requests, areVirtual: true, at: monotonicNow())
            var events: [ClaimEvent] = []
            // A machine comes up that has two of them.
            try other.run("ip", "address", "add", "10.13.200.33/24", "dev", "theirs")
            try other.run("ip", "address", "add", "2001:db8::33/64", "dev", "theirs", "nodad")
            let asked = try inOther(other) {
                // It sends from the address, so it asks with it.
                for source in ["10.13.200.33", "2001:db8::33"] {
                    let target = source.contains(":") ? "2001:db8::98" : "10.13.200.98"
                    _ = try Subprocess.run(["ping", "-c1", "-W1", "-I", source, target])
                }
                return true
            } meanwhile: {
                let held = [requests[0].key, requests[2].key]
                let isHeard = serve(claims) {
                    events += claims.takeEvents()
                    return held.allSatisfy { events.contains(.conflict($0, mac)) }
                }
                #expect(isHeard)
                #expect(events.count == 2, "each is told once")
                #expect(claims.conflicts == [held[0]: mac, held[1]: mac])
            }
            #expect(asked)
            try other.run("ip", "address", "delete", "10.13.200.33/24", "dev", "theirs")
            try other.run("ip", "address", "delete", "2001:db8::33/64", "dev", "theirs")
            #expect(serve(claims) { claims.conflicts.isEmpty })
            #expect(claims.takeEvents().contains(.conflictOver(requests[0].key)))
        }
    }

    /// The other sees that we defend what is ours.
    @Test func defenceIsSeen() throws {
        try withTwoHosts { own, other in
            let claims = try ClaimSockets()
            let request = try own.request("10.13.200.33")
            claims.claim([request], areVirtual: true, at: monotonicNow())
            let seen = try inOther(other) {
                try other.python(
                    """
                    raw.settimeout(60)
                    arp('10.13.200.33', '10.13.200.33')
                    while True:
                        frame = raw.recv(2000)
                        if frame[12:14] == b'\\x08\\x06' and frame[22:28].hex() == '020000000001' and frame[28:32] == frame[38:42]:
                            print(socket.inet_ntoa(frame[28:32]))
                            break
                    """
                )
            } meanwhile: {
                #expect(serve(claims) { !claims.conflicts.isEmpty })
            }
            #expect(seen == "10.13.200.33\n")
        }
    }

    /// Nobody answers for an IPv6 address of an AnyIP range but us, and only while it is claimed.
    @Test func answersForIPv6() throws {
        try withTwoHosts { own, other in
            try run("ip", "-6", "route", "add", "local", "2001:db8::100/120", "dev", "lo")
            let claims = try ClaimSockets()
            let request = try own.request("2001:db8::142")
            func ping(isAnswered: Bool) throws -> Bool {
                try other.run("ip", "neigh", "flush", "dev", "theirs")
                let finished = Flag()
                return try inOther(other) {
                    defer { finished.raise() }
                    let wait = isAnswered ? "30" : "1"
                    return try Subprocess.run(["ping", "-c1", "-W" + wait, "2001:db8::142"]).status == 0
                } meanwhile: {
                    _ = serve(claims) { finished.isRaised }
                }
            }
            #expect(try !ping(isAnswered: false))
            claims.claim([request], areVirtual: true, at: monotonicNow())
            #expect(try ping(isAnswered: true))
            let groups = try run("ip", "-6", "maddress", "show", "dev", "ours")
            #expect(groups.contains("ff02::1:ff00:142"), "switches are told")
            claims.release([request.key], at: monotonicNow())
            #expect(try !ping(isAnswered: false))
        }
    }

    /// What others say to each other wakes nobody; what is about us is worked on in bounded parts.
    @Test func flood() throws {
        try withTwoHosts { own, other in
            let claims = try ClaimSockets()
            let request = try own.request("10.13.200.33")
            claims.claim([request], areVirtual: true, at: monotonicNow())
            _ = claims.takeEvents()
            try other.python("for i in range(5000): arp('10.13.200.%d' % (40 + i % 200), '10.13.200.1')")
            var readable = pollfd(fd: claims.descriptor, events: Int16(POLLIN), revents: 0)
            #expect(poll(&readable, 1, 0) == 0)

            try other.python("for i in range(5000): arp('10.13.200.33', '10.13.200.1')")
            #expect(poll(&readable, 1, 0) == 1)
            claims.hear(at: monotonicNow())
            #expect(poll(&readable, 1, 0) == 1, "one call leaves the rest for later")
            #expect(claims.takeEvents().count == 1)
            #expect(serve(claims) { poll(&readable, 1, 0) == 0 })
            #expect(claims.takeEvents().isEmpty)
        }
    }

    /// Frames that are none, over the wire.
    @Test func malformedFrames() throws {
        try withTwoHosts { own, other in
            let seed = Int.random(in: 0..<1_000_000)
            print("seed \(seed)")
            let claims = try ClaimSockets()
            let mac = try #require(MACAddress(Other.mac))
            let requests = try ["10.13.200.33", "2001:db8::33"].map { try own.request($0) }
            claims.claim(requests, areVirtual: true, at: monotonicNow())
            try other.python(
                """
                import random
                random.seed(\(seed))
                good = [bytes.fromhex(text) for text in (
                    'ffffffffffff02000000000208060001080006040001020000000002' '0a0dc821' '000000000000' '0a0dc821',
                    '33330000000102000000000286dd6000000000203aff' '20010db8000000000000000000000033'
                    'ff020000000000000000000000000001' '8800e41d20000000' '20010db8000000000000000000000033'
                    '0201020000000002')]
                for i in range(3000):
                    frame = bytearray(random.choice(good))
                    for _ in range(random.randint(1, 4)):
                        frame[random.randrange(12, len(frame))] = random.randrange(256)
                    frame = frame[:random.randint(14, len(frame))] + random.randbytes(random.choice((0, 0, 40, 1400)))
                    try: raw.send(bytes(frame))
                    except OSError: pass
                """
            )
            var readable = pollfd(fd: claims.descriptor, events: Int16(POLLIN), revents: 0)
            #expect(serve(claims) { poll(&readable, 1, 0) == 0 })
            // And a good one is still heard.
            _ = claims.takeEvents()
            claims.release([requests[0].key], at: monotonicNow())
            claims.claim([requests[0]], areVirtual: true, at: monotonicNow())
            try other.python("arp('10.13.200.33', '10.13.200.33')")
            #expect(serve(claims) { claims.takeEvents().contains(.conflict(requests[0].key, mac)) })
        }
    }

    @Test func linkThatGoesAndComes() throws {
        try withTwoHosts { own, other in
            let claims = try ClaimSockets()
            let mac = try #require(MACAddress(Other.mac))
            let request = try own.request("10.13.200.33")
            claims.claim([request], areVirtual: true, at: monotonicNow())
            try run("ip", "link", "set", "ours", "down")
            claims.hear(at: monotonicNow())
            claims.announce([request.key], at: monotonicNow())
            #expect(claims.failures[own.index]?.code == ENETDOWN)
            try run("ip", "link", "set", "ours", "up")
            _ = try indexOfLink("ours")
            claims.announce([request.key], at: monotonicNow())
            #expect(claims.failures.isEmpty)
            try other.python("arp('10.13.200.33', '10.13.200.33')")
            #expect(serve(claims) { claims.takeEvents().contains(.conflict(request.key, mac)) })
        }
    }
}

/// Serves until `condition` holds; false after a minute.
func serve(_ claims: ClaimSockets, until condition: () throws -> Bool) rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(60)
    while !(try condition()) {
        if ContinuousClock.now > deadline { return false }
        var readable = pollfd(fd: claims.descriptor, events: Int16(POLLIN), revents: 0)
        poll(&readable, 1, 5)
        claims.hear(at: monotonicNow())
    }
    return true
}

func monotonicNow() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
