package dev.longshore.kinds.webhooks;

import dev.longshore.base.Time;
import dev.longshore.kinds.cel.AdmissionInput;
import dev.longshore.kinds.matching.MatchConditions.Verdict;
import dev.longshore.kinds.matching.RequestFacts;
import dev.longshore.kinds.matching.RequestMatcher.Match;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.MissingNode;

/// Says whether a webhook is to be asked about a request: first by its rules and selectors, then by its conditions.
///
/// @param authorizer whom conditions may ask
record HookMatcher(Supplier<Authorizer> authorizer, HookTally tally, Time time) {

    /// How `hook` is to see `attempt`; empty if it is not to be asked.
    ///
    /// @throws FaultException with [Fault.Forbidden] if its conditions cannot say, and it does not fail open
    Optional<Match> match(Hook hook, Attempt attempt, Registry registry) {
        Optional<Match> match = hook.matcher().match(attempt, registry);
        return hook.conditions().isEmpty() ? match : match.filter(found -> holds(hook, attempt, found));
    }

    private boolean holds(Hook hook, Attempt attempt, Match match) {
        AdmissionInput input = input(attempt, match);
        long begun = time.nanoTime();
        Verdict verdict = hook.conditions().judge(input);
        tally.conditions().judged(hook.name(), attempt, verdict, time.nanoTime() - begun);
        return switch (verdict) {
            case Verdict.Holds() -> true;
            case Verdict.Fails(String _) -> false;
            case Verdict.Unknown(String why) -> {
                if (!hook.failsOpen()) {
                    throw new FaultException(new Fault.Forbidden(attempt.resource(), attempt.name(), why));
                }
                yield false;
            }
        };
    }

    private AdmissionInput input(Attempt attempt, Match match) {
        return new RequestFacts(attempt, authorizer.get())
                .input(match, match.resource(), MissingNode.getInstance(), MissingNode.getInstance());
    }
}
