package dev.longshore.kinds.webhooks;

import dev.longshore.base.Time;
import dev.longshore.kinds.matching.RequestFacts;
import dev.longshore.kinds.matching.RequestMatcher.Match;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.OutboundCall;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/// Asks webhooks. Thread-safe.
final class HookCall {

    private static final int BAD_REQUEST = 400;

    private final OutboundCall calls;
    private final Time time;
    private final boolean isMutating;

    HookCall(OutboundCall calls, Time time, boolean isMutating) {
        this.calls = calls;
        this.time = time;
        this.isMutating = isMutating;
    }

    /// What asks `hook` about `attempt`, for no longer than both have time; whichever thread then does.
    ///
    /// @throws FaultException if an object cannot be shown as the hook wants to see it
    Supplier<Answered> prepare(Hook hook, Attempt attempt, Match match) {
        Supplier<Outcome> question = question(hook, attempt, match);
        return () -> {
            long begun = time.nanoTime();
            Outcome outcome = question.get();
            return new Answered(outcome, time.nanoTime() - begun);
        };
    }

    /// @param nanos how long it took
    record Answered(Outcome outcome, long nanos) {}

    private Supplier<Outcome> question(Hook hook, Attempt attempt, Match match) {
        Optional<Outcome> forbidden = forbidden(hook, attempt);
        if (forbidden.isPresent()) {
            return forbidden::get;
        }
        Instant deadline = attempt.call().deadline();
        return Review.of(hook, attempt, match)
                .<Supplier<Outcome>>map(review -> () -> post(hook, review, deadline))
                .orElse(() -> new Outcome.Failed(
                        "could not create admission objects: webhook does not accept known AdmissionReview versions"
                                + " (v1, v1beta1)",
                        BAD_REQUEST));
    }

    private static Optional<Outcome> forbidden(Hook hook, Attempt attempt) {
        if (!RequestFacts.isDryRun(attempt) || hook.bearsDryRun()) {
            return Optional.empty();
        }
        return Optional.of(new Outcome.Forbidden(
                new Fault.BadRequest("admission webhook \"" + hook.name() + "\" does not support dry run")));
    }

    private Outcome post(Hook hook, Review review, Instant deadline) {
        Duration limit = left(hook.timeout(), deadline);
        try {
            var answer = calls.post(hook.client(), review.tree(), limit);
            return new ReviewAnswer(hook.name(), review, isMutating).read(answer);
        } catch (OutboundCall.Failed failed) {
            return new Outcome.Failed("failed to call webhook: " + failed.getMessage(), failed.code());
        }
    }

    private Duration left(Duration wanted, Instant deadline) {
        if (deadline.equals(Instant.MAX)) {
            return wanted;
        }
        Duration rest = Duration.between(time.now(), deadline);
        Duration least = rest.isPositive() ? rest : Duration.ofMillis(1);
        return least.compareTo(wanted) < 0 ? least : wanted;
    }

    /// True if the request has no time left, so that it makes no sense to go on.
    boolean isOver(Attempt attempt) {
        return !time.now().isBefore(attempt.call().deadline());
    }

    /// What is said of a request that has no time left.
    static FaultException timeout() {
        return new FaultException(new Fault.Timeout(
                "Timeout: request did not complete within requested timeout - context deadline exceeded"));
    }

    /// Why a request does not go on without the webhook.
    static FaultException closed(Hook hook, Outcome.Failed failed) {
        return new FaultException(new Fault.Internal("Internal error occurred: " + failed.message(hook)));
    }
}
