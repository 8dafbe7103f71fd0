internal import CNftnl

/// The attributes of expressions in libnftnl, whose enumerations are nameless: numbers without a type of their own.
enum Attribute {
    static let payloadRegister = Int(NFTNL_EXPR_PAYLOAD_DREG)
    static let payloadBase = Int(NFTNL_EXPR_PAYLOAD_BASE)
    static let payloadOffset = Int(NFTNL_EXPR_PAYLOAD_OFFSET)
    static let payloadLength = Int(NFTNL_EXPR_PAYLOAD_LEN)
    static let metaKey = Int(NFTNL_EXPR_META_KEY)
    static let metaRegister = Int(NFTNL_EXPR_META_DREG)
    static let metaSource = Int(NFTNL_EXPR_META_SREG)
    static let compareRegister = Int(NFTNL_EXPR_CMP_SREG)
    static let compareOperator = Int(NFTNL_EXPR_CMP_OP)
    static let compareData = Int(NFTNL_EXPR_CMP_DATA)
    static let rangeRegister = Int(NFTNL_EXPR_RANGE_SREG)
    static let rangeOperator = Int(NFTNL_EXPR_RANGE_OP)
    static let rangeFirst = Int(NFTNL_EXPR_RANGE_FROM_DATA)
    static let rangeLast = Int(NFTNL_EXPR_RANGE_TO_DATA)
    static let bitwiseSource = Int(NFTNL_EXPR_BITWISE_SREG)
    static let bitwiseRegister = Int(NFTNL_EXPR_BITWISE_DREG)
    static let bitwiseLength = Int(NFTNL_EXPR_BITWISE_LEN)
    static let bitwiseMask = Int(NFTNL_EXPR_BITWISE_MASK)
    static let bitwiseFlipped = Int(NFTNL_EXPR_BITWISE_XOR)
    static let lookupSource = Int(NFTNL_EXPR_LOOKUP_SREG)
    static let lookupRegister = Int(NFTNL_EXPR_LOOKUP_DREG)
    static let lookupSet = Int(NFTNL_EXPR_LOOKUP_SET)
    static let lookupFlags = Int(NFTNL_EXPR_LOOKUP_FLAGS)
    static let immediateRegister = Int(NFTNL_EXPR_IMM_DREG)
    static let immediateData = Int(NFTNL_EXPR_IMM_DATA)
    static let immediateVerdict = Int(NFTNL_EXPR_IMM_VERDICT)
    static let immediateChain = Int(NFTNL_EXPR_IMM_CHAIN)
    static let objectType = Int(NFTNL_EXPR_OBJREF_IMM_TYPE)
    static let objectName = Int(NFTNL_EXPR_OBJREF_IMM_NAME)
    static let limitRate = Int(NFTNL_EXPR_LIMIT_RATE)
    static let limitUnit = Int(NFTNL_EXPR_LIMIT_UNIT)
    static let limitBurst = Int(NFTNL_EXPR_LIMIT_BURST)
    static let limitType = Int(NFTNL_EXPR_LIMIT_TYPE)
    static let limitFlags = Int(NFTNL_EXPR_LIMIT_FLAGS)
    static let rejectType = Int(NFTNL_EXPR_REJECT_TYPE)
    static let rejectCode = Int(NFTNL_EXPR_REJECT_CODE)

    /// `NFT_OBJECT_COUNTER`
    static let counterObject: UInt32 = 1
}
