internal import Guestinfo

/// Tells the host the CA's certificate, as the appliance we succeed does: `guestinfo.dataplaneapi.cacert`.
struct PublishStep: FirstBootStep {
    let name = "publish"

    func run(_ context: FirstBootContext) throws -> [String] {
        guard !context.filesOnly, let guestinfo = context.guestinfo else { return [] }
        return try Publisher.publishAuthority(to: guestinfo, context.root) ? ["set \(GuestinfoKey.authority)"] : []
    }
}
