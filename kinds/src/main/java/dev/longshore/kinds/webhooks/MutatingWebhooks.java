package dev.longshore.kinds.webhooks;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.matching.Exemptions;
import dev.longshore.kinds.matching.RequestMatcher.Match;
import dev.longshore.model.Admission;
import dev.longshore.model.AdmissionRounds;
import dev.longshore.model.FaultException;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.OutboundCall;
import dev.longshore.model.Registry;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Asks the webhooks of MutatingWebhookConfigurations, one after the other: each sees what those before it have
/// changed. If one of them changes something, those before it that have `reinvocationPolicy: IfNeeded` are asked once
/// more in the second round, and so are all that have it if built-in rules change something then.
public final class MutatingWebhooks implements Admission {

    private final KnownHooks hooks = new KnownHooks("mutatingwebhookconfigurations");
    private final HookTally tally = new HookTally("admit");
    private final HookMatcher matcher;
    private final HookCall calls;

    /// @param calls reaches webhooks
    public MutatingWebhooks(KindsContext context, OutboundCall calls) {
        this.matcher = new HookMatcher(context.authorizer(), tally, context.time());
        this.calls = new HookCall(calls, context.time(), true);
    }

    @Override
    public List<MetricFamily> metrics() {
        return tally.families();
    }

    @Override
    public String name() {
        return "MutatingAdmissionWebhook";
    }

    /// What the second round knows of the first.
    private static final class Memory {
        private final Set<String> asked = new HashSet<>();
        private final Set<String> again = new HashSet<>();
        private JsonNode left = MissingNode.getInstance();

        /// Whoever was asked before, and cares, is to be asked again.
        void askAgain() {
            again.addAll(asked);
            asked.clear();
        }
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        List<Hook> all = hooks.all(registry);
        if (all.isEmpty() || Exemptions.isConfiguration(attempt)) {
            return;
        }
        AdmissionRounds rounds = attempt.setting().rounds();
        Memory memory = rounds.memory(name(), Memory.class, Memory::new);
        if (rounds.isSecond() && !memory.left.equals(object(attempt))) {
            memory.askAgain();
        }
        for (int i = 0; i < all.size(); i++) {
            Hook hook = all.get(i);
            Optional<Match> match = matcher.match(hook, attempt, registry);
            // Nobody is asked for the first time in the second round.
            if (match.isPresent() && (!rounds.isSecond() || memory.again.contains(hook.uid()))) {
                ask(hook, attempt, match.get(), memory, i);
            }
        }
        if (!rounds.isSecond() && !memory.asked.isEmpty()) {
            memory.left = object(attempt).deepCopy();
        }
    }

    private static JsonNode object(Attempt attempt) {
        return attempt.object().<JsonNode>map(object -> object.tree()).orElseGet(MissingNode::getInstance);
    }

    private void ask(Hook hook, Attempt attempt, Match match, Memory memory, int index) {
        AdmissionRounds rounds = attempt.setting().rounds();
        var notes = new HookNotes(hook, attempt.call(), rounds.isSecond() ? 1 : 0, index);
        HookCall.Answered answered = calls.prepare(hook, attempt, match).get();
        Outcome outcome = answered.outcome();
        tally.told(hook, attempt, answered);
        attempt.call().notes().took("mutating-webhook", answered.nanos());
        boolean isChanged = false;
        try {
            isChanged = take(hook, attempt, match, outcome, notes);
        } finally {
            notes.mutation(isChanged);
        }
        if (isChanged) {
            memory.askAgain();
            rounds.wantSecond();
        }
        if (hook.isReinvocable()) {
            memory.asked.add(hook.uid());
        }
    }

    private boolean take(Hook hook, Attempt attempt, Match match, Outcome outcome, HookNotes notes) {
        return switch (outcome) {
            case Outcome.Agreed(JsonNode patch, Outcome.Remarks remarks) -> {
                notes.remarks(remarks);
                if (patch.isEmpty()) {
                    yield false;
                }
                boolean isChanged = new HookPatch(hook, attempt, match).apply(patch);
                notes.patch(patch);
                yield isChanged;
            }
            case Outcome.Refused(var fault, var remarks) -> {
                notes.remarks(remarks);
                throw new FaultException(fault);
            }
            case Outcome.Forbidden(var fault) -> throw new FaultException(fault);
            case Outcome.Failed failed -> {
                if (calls.isOver(attempt)) {
                    throw HookCall.timeout();
                }
                if (!hook.failsOpen()) {
                    throw HookCall.closed(hook, failed);
                }
                notes.failedOpen(true);
                yield false;
            }
        };
    }
}
