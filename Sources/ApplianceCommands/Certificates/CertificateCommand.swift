internal import ArgumentParser

/// `appliance-net cert`: the CA and the certificate of the Data Plane API.
struct CertificateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cert",
        abstract: "Show, renew, issue and rotate the appliance's certificates.",
        discussion: """
            The API takes a new certificate by itself, within a second and without a restart. The service \
            appliance-net.service renews and issues by itself, when two thirds of a certificate's life have passed and when \
            addresses or names change.
            """,
        subcommands: [
            CertificateShowCommand.self, CertificateRenewCommand.self, CertificateIssueClientCommand.self,
            CertificateRotateCommand.self, CertificateExportCommand.self,
        ]
    )
}
