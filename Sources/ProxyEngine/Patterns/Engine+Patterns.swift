internal import Patterns

extension Engine {
    /// What a command about patterns answers: HAProxy's words.
    public func answer(_ command: PatternCommand) -> String {
        let text = PatternAnswers(list: PatternList(patternPlaces), book: patterns).answer(command)
        // Every thread has ended its turn when it answers: what it may have had is free.
        if patterns.holdsMuch, !workers.isEmpty {
            for worker in workers { worker.mailbox.postBeat() }
            for worker in workers { worker.mailbox.waitForAnswer() }
            patterns.free()
        }
        return text
    }

    /// What parts of the plan look through, in the order of the configuration.
    private var patternPlaces: [PatternList.Place] {
        let order = plan.order
        return plan.sections.flatMap { section in
            let uses =
                (section.frontend.map { plan.frontends[$0].patterns } ?? [])
                + (section.backend.map { plan.backends[$0].patterns } ?? [])
            return uses.map { (use: $0, file: order.file, line: section.line + $0.source.line) }
        }
    }
}
