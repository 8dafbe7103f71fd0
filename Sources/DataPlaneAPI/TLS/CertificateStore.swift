internal import Files
internal import Glibc
internal import Logging
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// Certificate, key and client authority of a listener as they are on disk. A renewed certificate serves from the next
/// connection on; those there are go on.
final class CertificateStore: Sendable {
    private struct State {
        var context: NIOSSLContext
        /// What the files were when they were last looked at.
        var marks: [FileSignature?]
        var checked: ContinuousClock.Instant
    }

    let files: TLSFiles
    private let state: Mutex<State>

    /// Files are looked at no more often than this.
    private static let interval = Duration.seconds(1)

    /// - Throws: ``CertificateError`` when a certificate or a key cannot be used.
    init(_ files: TLSFiles) throws {
        self.files = files
        let marks = Self.marks(files)
        state = Mutex(State(context: try Self.load(files), marks: marks, checked: .now))
    }

    /// The context for a connection that comes now.
    func context(_ logger: Logger) -> NIOSSLContext {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard now - state.checked >= Self.interval else { return state.context }
            state.checked = now
            let marks = Self.marks(files)
            guard marks != state.marks else { return state.context }
            do {
                state.context = try Self.load(files)
                state.marks = marks
                logger.notice("certificate read again", metadata: ["file": "\(files.certificate)"])
            } catch {
                // Certificate and key are two files: between the two renames they do not belong together. The marks
                // stay as they were, so that the next look tries again.
                logger.warning("the certificate that was in use stays", metadata: ["error": "\(error)"])
            }
            return state.context
        }
    }

    private static func marks(_ files: TLSFiles) -> [FileSignature?] {
        [files.certificate, files.key, files.clientAuthority].map { path in
            guard let path, let status = try? AtomicFile.status(path) else { return nil }
            return FileSignature(status)
        }
    }

    private static func load(_ files: TLSFiles) throws -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificate).map {
                NIOSSLCertificateSource.certificate($0)
            }
            guard !chain.isEmpty else { throw CertificateError("\(files.certificate) holds no certificate") }
            let privateKey = try NIOSSLPrivateKey(file: files.key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain,
                privateKey: .privateKey(privateKey)
            )
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            // An answer is with the kernel before its connection is closed. Who keeps one that is idle says nothing to its
            // end, and the program would wait for that when it stops.
            configuration.shutdownTimeout = .milliseconds(500)
            if let authority = files.clientAuthority {
                let roots = try NIOSSLCertificate.fromPEMFile(authority)
                guard !roots.isEmpty else { throw CertificateError("\(authority) holds no certificate") }
                configuration.trustRoots = .certificates(roots)
                configuration.certificateVerification =
                    files.requiresClientCertificate ? .noHostnameVerification : .optionalVerification
            }
            // Whether certificate and key belong together is told by the context only.
            return try NIOSSLContext(configuration: configuration)
        } catch let error as CertificateError {
            throw error
        } catch {
            let authority = files.clientAuthority.map { ", \($0)" } ?? ""
            throw CertificateError("\(files.certificate), \(files.key)\(authority) cannot be used: \(error)")
        }
    }
}

/// A certificate or key that cannot be used, in words.
public struct CertificateError: Error, CustomStringConvertible {
    public var description: String
    init(_ description: String) { self.description = description }
}
