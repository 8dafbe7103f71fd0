public import Addresses

/// Who is asked before addresses are claimed, and told when they are.
///
/// The service calls it for every new address that the proxy listens on: `probe`, then the guard and the routes, then
/// `announce`. Nothing of it may wait; the packets go and come in ``WatchPart/hear(_:at:)`` and
/// ``WatchPart/timer(at:)``.
public protocol AddressClaims: WatchPart {
    /// Asks whether others hold these addresses, all at once, each on the interface that its network belongs to.
    ///
    /// - Parameter done: Called once, in this call or in a later one: who holds which of them. Those that are not in it
    ///   are free, or nobody could be asked.
    func probe(_ addresses: [IPAddress], at now: Duration, done: @escaping ([IPAddress: MACAddress], Duration) -> Void)
    /// These are ours from now on, and let through: tells the neighbours, and watches for others that claim them.
    ///
    /// - Parameter held: Of these, what others hold all the same: ``conflicts`` has them until that is over.
    func announce(_ addresses: [IPAddress], held: [IPAddress: MACAddress], at now: Duration)
    /// These are ours no longer.
    func release(_ addresses: [IPAddress], at now: Duration)
    /// Who holds which of the claimed addresses too, as far as it was heard since they were announced.
    var conflicts: [IPAddress: MACAddress] { get }
    /// Called when ``conflicts`` has changed.
    var conflictsChanged: ((Duration) -> Void)? { get set }
    /// Called with announced addresses that nobody could be asked for before, and their holders, where a conflict is to
    /// be refused: their neighbours were not told.
    var refused: (([IPAddress: MACAddress], Duration) -> Void)? { get set }
}
