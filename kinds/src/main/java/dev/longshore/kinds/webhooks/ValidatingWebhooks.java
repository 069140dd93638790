package dev.longshore.kinds.webhooks;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.matching.Exemptions;
import dev.longshore.kinds.matching.RequestMatcher.Match;
import dev.longshore.model.Admission;
import dev.longshore.model.FaultException;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.OutboundCall;
import dev.longshore.model.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Asks the webhooks of ValidatingWebhookConfigurations, all at once, about what is to be stored. Whoever stands first
/// in the order of those that refuse has the word.
public final class ValidatingWebhooks implements Admission {

    private final KnownHooks hooks = new KnownHooks("validatingwebhookconfigurations");
    private final HookTally tally = new HookTally("validating");
    private final HookMatcher matcher;
    private final HookCall calls;

    /// @param calls reaches webhooks
    public ValidatingWebhooks(KindsContext context, OutboundCall calls) {
        this.matcher = new HookMatcher(context.authorizer(), tally, context.time());
        this.calls = new HookCall(calls, context.time(), false);
    }

    @Override
    public List<MetricFamily> metrics() {
        return tally.families();
    }

    @Override
    public String name() {
        return "ValidatingAdmissionWebhook";
    }

    /// A webhook that is to be asked.
    private record Asked(Hook hook, Match match) {}

    @Override
    public void validate(Attempt attempt, Registry registry) {
        List<Hook> all = hooks.all(registry);
        if (all.isEmpty() || Exemptions.isConfiguration(attempt)) {
            return;
        }
        var asked = new ArrayList<Asked>();
        for (Hook hook : all) {
            matcher.match(hook, attempt, registry).ifPresent(match -> asked.add(new Asked(hook, match)));
        }
        if (asked.isEmpty()) {
            return;
        }
        if (calls.isOver(attempt)) {
            throw HookCall.timeout();
        }
        judge(attempt, asked, outcomes(attempt, asked));
    }

    private List<HookCall.Answered> outcomes(Attempt attempt, List<Asked> asked) {
        // The reviews are made here: the attempt is for one thread.
        List<FutureTask<HookCall.Answered>> works = asked.stream()
                .map(one -> calls.prepare(one.hook, attempt, one.match))
                .map(work -> new FutureTask<>(work::get))
                .toList();
        List<Thread> threads = works.stream()
                .skip(1)
                .map(work -> Thread.ofVirtual().name("webhooks").start(work))
                .toList();
        works.getFirst().run();
        try {
            var outcomes = new ArrayList<HookCall.Answered>();
            for (FutureTask<HookCall.Answered> work : works) {
                outcomes.add(work.get());
            }
            return outcomes;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw HookCall.timeout();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException known
                    ? known
                    : new IllegalStateException(failed.getCause());
        } finally {
            threads.forEach(Thread::interrupt);
        }
    }

    private void judge(Attempt attempt, List<Asked> asked, List<HookCall.Answered> outcomes) {
        Optional<FaultException> first = Optional.empty();
        attempt.call()
                .notes()
                .took(
                        "validating-webhook",
                        outcomes.stream()
                                .mapToLong(HookCall.Answered::nanos)
                                .max()
                                .orElse(0));
        for (int i = 0; i < outcomes.size(); i++) {
            Hook hook = asked.get(i).hook;
            Outcome outcome = outcomes.get(i).outcome();
            tally.told(hook, attempt, outcomes.get(i));
            Optional<FaultException> refusal = refusal(hook, outcome, new HookNotes(hook, attempt.call(), 0, i));
            first = first.or(() -> refusal);
        }
        if (first.isPresent()) {
            throw calls.isOver(attempt) ? HookCall.timeout() : first.get();
        }
    }

    private static Optional<FaultException> refusal(Hook hook, Outcome outcome, HookNotes notes) {
        return switch (outcome) {
            case Outcome.Agreed(var _, Outcome.Remarks remarks) -> {
                notes.remarks(remarks);
                yield Optional.empty();
            }
            case Outcome.Refused(var fault, var remarks) -> {
                notes.remarks(remarks);
                yield Optional.of(new FaultException(fault));
            }
            case Outcome.Forbidden(var fault) -> Optional.of(new FaultException(fault));
            case Outcome.Failed failed -> {
                if (!hook.failsOpen()) {
                    yield Optional.of(HookCall.closed(hook, failed));
                }
                notes.failedOpen(false);
                yield Optional.empty();
            }
        };
    }
}
