internal import Glibc

/// Digests of messages (FIPS 180-4, RFC 1321) for converters: nothing is allocated.
///
/// They name and compare what clients say; nothing here is kept secret by them.
enum SampleDigest: UInt8 {
    case md5
    case sha1
    case sha224
    case sha256
    case sha384
    case sha512

    /// - Parameter name: As OpenSSL calls it, in any case.
    init?(name: String) {
        switch name.lowercased() {
        case "md5": self = .md5
        case "sha1": self = .sha1
        case "sha224": self = .sha224
        case "sha256": self = .sha256
        case "sha384": self = .sha384
        case "sha512": self = .sha512
        default: return nil
        }
    }

    /// Bytes that come out.
    var size: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha224: 28
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    private var isWide: Bool { self == .sha384 || self == .sha512 }

    /// Bytes that are taken at a time.
    private var block: Int { isWide ? 128 : 64 }

    /// The digest of two texts as if they were one.
    ///
    /// - Parameter out: Room for ``size`` bytes; may be where the texts are.
    func write(_ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer, _ out: UnsafeMutablePointer<UInt8>) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 8 + 80) { words in
            withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { room in
                for index in 0..<8 { words[index] = start(index) }
                let total = head.count + body.count
                // A one, zeros, and the count of bits at the end of the last block.
                let tail = isWide ? 17 : 9
                let blocks = (total + tail + block - 1) / block
                for number in 0..<blocks {
                    let first = number * block
                    for index in 0..<block {
                        let place = first + index
                        room[index] =
                            place < head.count
                            ? head[place] : place < total ? body[place - head.count] : place == total ? 0x80 : 0
                    }
                    if number == blocks - 1 {
                        let bits = UInt64(total) << 3
                        for index in 0..<8 {
                            let shift = UInt64(8 * (self == .md5 ? index : 7 - index))
                            room[block - 8 + index] = UInt8(truncatingIfNeeded: bits >> shift)
                        }
                    }
                    switch self {
                    case .md5: mixMD5(words, room)
                    case .sha1: mixSHA1(words, room)
                    case .sha224, .sha256: mixSHA256(words, room)
                    case .sha384, .sha512: mixSHA512(words, room)
                    }
                }
                let width = isWide ? 8 : 4
                for index in 0..<size {
                    let place = index % width
                    let shift = UInt64(8 * (self == .md5 ? place : width - 1 - place))
                    out[index] = UInt8(truncatingIfNeeded: words[index / width] >> shift)
                }
            }
        }
    }

    /// RFC 2104.
    func writeAuthenticated(
        _ text: UnsafeRawBufferPointer,
        key: UnsafeRawBufferPointer,
        _ out: UnsafeMutablePointer<UInt8>
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128 + 64) { room in
            guard let pad = room.baseAddress else { return }
            pad.update(repeating: 0, count: block)
            if key.count > block {
                write(key, UnsafeRawBufferPointer(start: nil, count: 0), pad)
            } else if let start = key.baseAddress {
                memcpy(pad, start, key.count)
            }
            for index in 0..<block { pad[index] ^= 0x36 }
            let inner = pad + 128
            write(UnsafeRawBufferPointer(start: pad, count: block), text, inner)
            for index in 0..<block { pad[index] ^= 0x36 ^ 0x5c }
            let half = UnsafeRawBufferPointer(start: inner, count: size)
            write(UnsafeRawBufferPointer(start: pad, count: block), half, out)
        }
    }

    private func start(_ index: Int) -> UInt64 {
        switch self {
        case .md5, .sha1: Self.shortStart[index]
        case .sha224: Self.start384[index] & 0xffff_ffff
        case .sha256: Self.start512[index] >> 32
        case .sha384: Self.start384[index]
        case .sha512: Self.start512[index]
        }
    }

    // MARK: - Blocks

    private typealias Words = UnsafeMutableBufferPointer<UInt64>

    private func mixMD5(_ words: Words, _ room: UnsafeMutableRawBufferPointer) {
        var (a, b, c, d) = (Self.low(words[0]), Self.low(words[1]), Self.low(words[2]), Self.low(words[3]))
        for round in 0..<64 {
            let (mixed, place): (UInt32, Int) =
                switch round >> 4 {
                case 0: (b & c | ~b & d, round)
                case 1: (d & b | ~d & c, (5 * round + 1) & 15)
                case 2: (b ^ c ^ d, (3 * round + 5) & 15)
                default: (c ^ (b | ~d), 7 * round & 15)
                }
            let word = UInt32(littleEndian: room.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self))
            let sum = a &+ mixed &+ Self.sines[round] &+ word
            (a, d, c) = (d, c, b)
            b = b &+ Self.turned(sum, left: Self.turns[4 * (round >> 4) + round % 4])
        }
        words[0] = UInt64(Self.low(words[0]) &+ a)
        words[1] = UInt64(Self.low(words[1]) &+ b)
        words[2] = UInt64(Self.low(words[2]) &+ c)
        words[3] = UInt64(Self.low(words[3]) &+ d)
    }

    private func mixSHA1(_ words: Words, _ room: UnsafeMutableRawBufferPointer) {
        let plan = 8
        for index in 0..<16 {
            words[plan + index] = UInt64(room.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self).bigEndian)
        }
        for index in 16..<80 {
            let mixed =
                words[plan + index - 3] ^ words[plan + index - 8] ^ words[plan + index - 14] ^ words[plan + index - 16]
            words[plan + index] = UInt64(Self.turned(Self.low(mixed), left: 1))
        }
        var (a, b, c, d, e) = (
            Self.low(words[0]), Self.low(words[1]), Self.low(words[2]), Self.low(words[3]), Self.low(words[4])
        )
        for round in 0..<80 {
            let (mixed, constant): (UInt32, UInt32) =
                switch round / 20 {
                case 0: (b & c | ~b & d, 0x5a82_7999)
                case 1: (b ^ c ^ d, 0x6ed9_eba1)
                case 2: (b & c | b & d | c & d, 0x8f1b_bcdc)
                default: (b ^ c ^ d, 0xca62_c1d6)
                }
            let sum = Self.turned(a, left: 5) &+ mixed &+ e &+ constant &+ Self.low(words[plan + round])
            (e, d, c, b, a) = (d, c, Self.turned(b, left: 30), a, sum)
        }
        words[0] = UInt64(Self.low(words[0]) &+ a)
        words[1] = UInt64(Self.low(words[1]) &+ b)
        words[2] = UInt64(Self.low(words[2]) &+ c)
        words[3] = UInt64(Self.low(words[3]) &+ d)
        words[4] = UInt64(Self.low(words[4]) &+ e)
    }

    private func mixSHA256(_ words: Words, _ room: UnsafeMutableRawBufferPointer) {
        let plan = 8
        func right(_ value: UInt32, _ count: UInt32) -> UInt32 { value >> count | value << (32 - count) }
        for index in 0..<16 {
            words[plan + index] = UInt64(room.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self).bigEndian)
        }
        for index in 16..<64 {
            let (early, late) = (Self.low(words[plan + index - 15]), Self.low(words[plan + index - 2]))
            let small = right(early, 7) ^ right(early, 18) ^ early >> 3
            let large = right(late, 17) ^ right(late, 19) ^ late >> 10
            words[plan + index] =
                UInt64(Self.low(words[plan + index - 16]) &+ small &+ Self.low(words[plan + index - 7]) &+ large)
        }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 8) { s in
            for index in 0..<8 { s[index] = Self.low(words[index]) }
            for round in 0..<64 {
                let large = right(s[4], 6) ^ right(s[4], 11) ^ right(s[4], 25)
                let choice = s[4] & s[5] ^ ~s[4] & s[6]
                let constant = UInt32(truncatingIfNeeded: Self.constants[round] >> 32)
                let first = s[7] &+ large &+ choice &+ constant &+ Self.low(words[plan + round])
                let small = right(s[0], 2) ^ right(s[0], 13) ^ right(s[0], 22)
                let majority = s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2]
                for index in (1..<8).reversed() { s[index] = s[index - 1] }
                s[4] = s[4] &+ first
                s[0] = first &+ small &+ majority
            }
            for index in 0..<8 { words[index] = UInt64(Self.low(words[index]) &+ s[index]) }
        }
    }

    private func mixSHA512(_ words: Words, _ room: UnsafeMutableRawBufferPointer) {
        let plan = 8
        func right(_ value: UInt64, _ count: UInt64) -> UInt64 { value >> count | value << (64 - count) }
        for index in 0..<16 {
            words[plan + index] = room.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self).bigEndian
        }
        for index in 16..<80 {
            let (early, late) = (words[plan + index - 15], words[plan + index - 2])
            let small = right(early, 1) ^ right(early, 8) ^ early >> 7
            let large = right(late, 19) ^ right(late, 61) ^ late >> 6
            words[plan + index] = words[plan + index - 16] &+ small &+ words[plan + index - 7] &+ large
        }
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 8) { s in
            for index in 0..<8 { s[index] = words[index] }
            for round in 0..<80 {
                let large = right(s[4], 14) ^ right(s[4], 18) ^ right(s[4], 41)
                let choice = s[4] & s[5] ^ ~s[4] & s[6]
                let first = s[7] &+ large &+ choice &+ Self.constants[round] &+ words[plan + round]
                let small = right(s[0], 28) ^ right(s[0], 34) ^ right(s[0], 39)
                let majority = s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2]
                for index in (1..<8).reversed() { s[index] = s[index - 1] }
                s[4] = s[4] &+ first
                s[0] = first &+ small &+ majority
            }
            for index in 0..<8 { words[index] = words[index] &+ s[index] }
        }
    }

    private static func low(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word) }

    private static func turned(_ value: UInt32, left count: UInt32) -> UInt32 {
        value << count | value >> (32 - count)
    }

    // MARK: - Constants

    private static let shortStart: [UInt64] = [
        0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0, 0, 0, 0,
    ]

    /// Of MD5.
    private static let turns: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
    private static let sines = (1...64).map { UInt32(abs(sin(Double($0))) * 4_294_967_296) }

    /// Square roots of primes: of the first eight, and of the next.
    private static let start512: [UInt64] = [
        0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
    ]
    private static let start384: [UInt64] = [
        0xcbbb_9d5d_c105_9ed8, 0x629a_292a_367c_d507, 0x9159_015a_3070_dd17, 0x152f_ecd8_f70e_5939,
        0x6733_2667_ffc0_0b31, 0x8eb4_4a87_6858_1511, 0xdb0c_2e0d_64f9_8fa7, 0x47b5_481d_befa_4fa4,
    ]

    /// Cube roots of primes; SHA-256 has their upper halves.
    private static let constants: [UInt64] = [
        0x428a_2f98_d728_ae22, 0x7137_4491_23ef_65cd, 0xb5c0_fbcf_ec4d_3b2f, 0xe9b5_dba5_8189_dbbc,
        0x3956_c25b_f348_b538, 0x59f1_11f1_b605_d019, 0x923f_82a4_af19_4f9b, 0xab1c_5ed5_da6d_8118,
        0xd807_aa98_a303_0242, 0x1283_5b01_4570_6fbe, 0x2431_85be_4ee4_b28c, 0x550c_7dc3_d5ff_b4e2,
        0x72be_5d74_f27b_896f, 0x80de_b1fe_3b16_96b1, 0x9bdc_06a7_25c7_1235, 0xc19b_f174_cf69_2694,
        0xe49b_69c1_9ef1_4ad2, 0xefbe_4786_384f_25e3, 0x0fc1_9dc6_8b8c_d5b5, 0x240c_a1cc_77ac_9c65,
        0x2de9_2c6f_592b_0275, 0x4a74_84aa_6ea6_e483, 0x5cb0_a9dc_bd41_fbd4, 0x76f9_88da_8311_53b5,
        0x983e_5152_ee66_dfab, 0xa831_c66d_2db4_3210, 0xb003_27c8_98fb_213f, 0xbf59_7fc7_beef_0ee4,
        0xc6e0_0bf3_3da8_8fc2, 0xd5a7_9147_930a_a725, 0x06ca_6351_e003_826f, 0x1429_2967_0a0e_6e70,
        0x27b7_0a85_46d2_2ffc, 0x2e1b_2138_5c26_c926, 0x4d2c_6dfc_5ac4_2aed, 0x5338_0d13_9d95_b3df,
        0x650a_7354_8baf_63de, 0x766a_0abb_3c77_b2a8, 0x81c2_c92e_47ed_aee6, 0x9272_2c85_1482_353b,
        0xa2bf_e8a1_4cf1_0364, 0xa81a_664b_bc42_3001, 0xc24b_8b70_d0f8_9791, 0xc76c_51a3_0654_be30,
        0xd192_e819_d6ef_5218, 0xd699_0624_5565_a910, 0xf40e_3585_5771_202a, 0x106a_a070_32bb_d1b8,
        0x19a4_c116_b8d2_d0c8, 0x1e37_6c08_5141_ab53, 0x2748_774c_df8e_eb99, 0x34b0_bcb5_e19b_48a8,
        0x391c_0cb3_c5c9_5a63, 0x4ed8_aa4a_e341_8acb, 0x5b9c_ca4f_7763_e373, 0x682e_6ff3_d6b2_b8a3,
        0x748f_82ee_5def_b2fc, 0x78a5_636f_4317_2f60, 0x84c8_7814_a1f0_ab72, 0x8cc7_0208_1a64_39ec,
        0x90be_fffa_2363_1e28, 0xa450_6ceb_de82_bde9, 0xbef9_a3f7_b2c6_7915, 0xc671_78f2_e372_532b,
        0xca27_3ece_ea26_619c, 0xd186_b8c7_21c0_c207, 0xeada_7dd6_cde0_eb1e, 0xf57d_4f7f_ee6e_d178,
        0x06f0_67aa_7217_6fba, 0x0a63_7dc5_a2c8_98a6, 0x113f_9804_bef9_0dae, 0x1b71_0b35_131c_471b,
        0x28db_77f5_2304_7d84, 0x32ca_ab7b_40c7_2493, 0x3c9e_be0a_15c9_bebc, 0x431d_67c4_9c10_0d4c,
        0x4cc5_d4be_cb3e_42b6, 0x597f_299c_fc65_7e2a, 0x5fcb_6fab_3ad6_faec, 0x6c44_198c_4a47_5817,
    ]
}
