package dev.longshore.kinds.policies;

import dev.longshore.base.Json;
import dev.longshore.model.Admission.Attempt;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// What policies said about one request: refusals, warnings, notes for the audit. For one thread.
final class ValidationReport {

    private static final String FAILURE = "validation.policy.admission.k8s.io/validation_failure";
    private static final int LONGEST_NOTE = 10 * 1024;

    private final Attempt attempt;
    private final PolicyTally tally;
    private final Map<String, Set<String>> notes = new LinkedHashMap<>();
    private Optional<Refused> first = Optional.empty();

    ValidationReport(Attempt attempt, PolicyTally tally) {
        this.attempt = attempt;
        this.tally = tally;
    }

    private record Refused(String said, String reason) {}

    /// That `policy`, or its binding, cannot be followed.
    void misconfigured(PolicyHead policy, Optional<PolicyBinding> binding, String why) {
        if (policy.isStrict()) {
            String what = binding.isEmpty() ? "failed to configure policy: " : "failed to configure binding: ";
            refuse(policy, binding, what + why, Optional.empty());
        }
    }

    void add(PolicyHead policy, PolicyBinding binding, Validator.Outcome outcome) {
        for (int i = 0; i < outcome.decisions().size(); i++) {
            Validator.Judged judged = outcome.decisions().get(i);
            switch (judged.decision()) {
                case Validator.Decision.Admit() -> {
                    // What is simply right is not counted, as in the original.
                    if (!judged.error().isEmpty()) {
                        tally.validated(policy, binding, judged.error(), "allow", judged.nanos());
                    }
                }
                case Validator.Decision.Deny(String message, Optional<String> reason) -> {
                    binding.actions()
                            .forEach(action -> tally.validated(
                                    policy, binding, judged.error(), action.toLowerCase(Locale.ROOT), judged.nanos()));
                    act(policy, binding, i, message, reason);
                }
            }
        }
        for (Validator.Note note : outcome.notes()) {
            if (note.error().isEmpty()) {
                notes.computeIfAbsent(note.key(), first -> new LinkedHashSet<>())
                        .add(cut(note.value()));
            } else {
                tally.validated(policy, binding, note.error(), "deny", 0);
                refuse(policy, Optional.of(binding), note.error(), Optional.empty());
            }
        }
    }

    private void act(PolicyHead policy, PolicyBinding binding, int index, String message, Optional<String> reason) {
        for (String action : binding.actions()) {
            switch (action) {
                case "Deny" -> refuse(policy, Optional.of(binding), message, reason);
                case "Warn" ->
                    attempt.call()
                            .warnings()
                            .add("Validation failed for ValidatingAdmissionPolicy '%s' with binding '%s': %s"
                                    .formatted(policy.name(), binding.name(), message));
                case "Audit" -> attempt.call().notes().add(FAILURE, failure(policy, binding, index, message));
                default -> throw new IllegalStateException("no action of a binding: " + action);
            }
        }
    }

    private static String failure(PolicyHead policy, PolicyBinding binding, int index, String message) {
        ObjectNode failure = Json.object();
        failure.put("message", message)
                .put("policy", policy.name())
                .put("binding", binding.name())
                .put("expressionIndex", index);
        binding.actions().forEach(failure.putArray("validationActions")::add);
        String json = new String(Json.bytes(Json.array().add(failure)), StandardCharsets.UTF_8);
        // As Go writes it, safe inside HTML.
        return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
    }

    private void refuse(PolicyHead policy, Optional<PolicyBinding> binding, String why, Optional<String> reason) {
        if (first.isEmpty()) {
            String with =
                    binding.map(known -> " with binding '" + known.name() + "'").orElse("");
            first = Optional.of(new Refused(
                    "ValidatingAdmissionPolicy '%s'%s denied request: %s".formatted(policy.name(), with, why),
                    reason.orElse("Invalid")));
        }
    }

    private static String cut(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= LONGEST_NOTE ? value : new String(bytes, 0, LONGEST_NOTE, StandardCharsets.UTF_8);
    }

    /// All bindings of `policy` have been asked: what they noted is one note for each key.
    void published(PolicyHead policy) {
        notes.forEach(
                (key, values) -> attempt.call().notes().add(policy.name() + "/" + key, String.join(", ", values)));
        notes.clear();
    }

    /// Refuses, if anybody did.
    void finish() {
        first.ifPresent(refused -> {
            throw Refusal.invalid(attempt, refused.said, refused.reason);
        });
    }
}
