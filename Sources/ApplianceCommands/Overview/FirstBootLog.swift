internal import Diagnostics
internal import Files
internal import FirstBoot
internal import Glibc
internal import Guestinfo

/// Tells how far a first boot is, for the console, `status` and the host. What cannot be told keeps no first boot from
/// its work.
final class FirstBootLog {
    private let root: Root
    private let isTold: Bool
    private var progress: FirstBootProgress

    /// Problems of refused properties that are kept.
    private static let mostProblems = 50

    /// - Parameter isTold: false for a run that only makes files.
    init(_ root: Root, source: String?, isTold: Bool) {
        self.root = root
        // A root that is not there is not made for that.
        self.isTold = isTold && RootOptions.isDirectory(root[""].isEmpty ? "/" : root[""]) == true
        progress = FirstBootProgress(source: source, now: Int64(time(nil)))
    }

    func begin() {
        write()
        publish()
    }

    func begin(_ step: String) {
        progress.step = step
        write()
    }

    /// Which adapters were taken, where the properties name none.
    func took(_ adapters: [String]) { progress.adapters = adapters }

    func end(_ step: FirstBootReport.Step) {
        progress.step = nil
        progress.steps.append(step)
        write()
    }

    func end(_ report: FirstBootReport) {
        progress.state = report.failed.isEmpty ? .complete : .failed
        finish()
    }

    func refused(_ diagnostics: [Diagnostic]) {
        let errors = diagnostics.filter { $0.severity == .error }
        progress.state = .refused
        progress.problems = errors.prefix(Self.mostProblems).map { problem in
            place(problem) + problem.message + (problem.remedy.map { " (remedy: \($0))" } ?? "")
        }
        finish()
    }

    /// Of a document that is no properties; where they are properties, the page says of what.
    private func place(_ problem: Diagnostic) -> String {
        guard progress.source == nil, let file = problem.file else { return "" }
        return problem.position.map { "\(file):\($0.line): " } ?? "\(file): "
    }

    private func finish() {
        progress.step = nil
        progress.ended = Int64(time(nil))
        write()
        publish()
    }

    private func write() {
        guard isTold else { return }
        do {
            try progress.write(root)
        } catch {
            Console.say("firstboot: the progress cannot be told: \(error)")
        }
    }

    private func publish() {
        guard isTold, let guestinfo = Guestinfo.find() else { return }
        do {
            var publisher = StatusPublisher(guestinfo)
            try publisher.publish(OverviewReader.read(root))
        } catch {
            Console.say("firstboot: \(error)")
        }
    }
}
