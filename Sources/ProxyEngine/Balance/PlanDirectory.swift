/// Finds what samples speak of by name, whatever a change makes first: what is not there yet is made, and waits for its
/// frontend or backend.
///
/// Only whoever makes plans touches it.
final class PlanDirectory {
    let variables = VariableNames()
    /// The stick tables of the next plan.
    var tables: [String: SharedStickTable] = [:]
    let patterns = PatternBook()
    /// Some sample of a plan has asked for the number of a proxy: nearly none does.
    private(set) var asksNumbers = false
    /// The plan before the change, and the backends as far as they are known.
    var formerFrontends: [PlanFrontend] = []
    var backends = PlanBackendIndex()
    /// What this change has made so far.
    private var madeFrontends: [PlanFrontend] = []
    private var madeBackends: [PlanBackend] = []
    private var askedFrontends: [String: Shared<FrontendCells>] = [:]
    private var askedBackends: [String: Shared<BackendCells>] = [:]

    /// Asks for the cells that a backend of the name has, or will have.
    private func backend(_ name: String) -> Shared<BackendCells> {
        if let known = askedBackends[name] { return known }
        let made = madeBackends.last { $0.name == name }
        let cells = made?.cells ?? backends[name]?.cells ?? Shared(BackendCells())
        askedBackends[name] = cells
        return cells
    }

    private func frontend(_ name: String) -> Shared<FrontendCells> {
        if let known = askedFrontends[name] { return known }
        let known = madeFrontends.last { $0.name == name } ?? formerFrontends.first { $0.name == name }
        let cells = known?.cells ?? Shared(FrontendCells())
        askedFrontends[name] = cells
        return cells
    }

    /// The cells that somebody asked for before the backend was there.
    func awaited(backend name: String) -> Shared<BackendCells>? { askedBackends.isEmpty ? nil : askedBackends[name] }

    func awaited(frontend name: String) -> Shared<FrontendCells>? {
        askedFrontends.isEmpty ? nil : askedFrontends[name]
    }

    func note(_ frontend: PlanFrontend) { madeFrontends.append(frontend) }

    func note(_ backend: PlanBackend) { madeBackends.append(backend) }

    /// The change is made.
    func forgetStep() {
        formerFrontends = []
        backends = PlanBackendIndex()
        madeFrontends = []
        madeBackends = []
    }

    /// Makes entries of the samples of a frontend or backend, which has cells already.
    func compiler(
        frontend own: (name: String, cells: Shared<FrontendCells>)? = nil,
        backend ownBackend: (name: String, cells: Shared<BackendCells>)? = nil
    ) -> SampleCompiler {
        SampleCompiler(
            variables,
            patterns,
            tables: tables,
            noteNumbers: { self.asksNumbers = true },
            frontend: { name in if let own, own.name == name { own.cells } else { self.frontend(name) } },
            backend: { name in
                if let ownBackend, ownBackend.name == name { ownBackend.cells } else { self.backend(name) }
            }
        )
    }
}
