import Diagnostics

/// A model as the check has it: the proxies are still with their sections.
struct ModelParts: Sendable {
    /// All but the proxies.
    var rest: ProxyModel
    var proxies: [(section: CheckedSection, line: Int)]

    var model: ProxyModel {
        var model = rest
        model.frontends.reserveCapacity(proxies.count)
        model.backends.reserveCapacity(proxies.count)
        for (section, line) in proxies {
            if section.hasFrontend, var frontend = section.frontend {
                frontend.position.line = line
                model.frontends.append(frontend)
            }
            if section.hasBackend, var backend = section.backend {
                backend.position.line = line
                model.backends.append(backend)
            }
        }
        return model
    }

    var revisions: ProxyRevisions {
        var revisions = ProxyRevisions()
        for (section, _) in proxies {
            if section.hasFrontend { revisions.frontends.append(section.revision) }
            if section.hasBackend { revisions.backends.append(section.revision) }
        }
        return revisions
    }
}
