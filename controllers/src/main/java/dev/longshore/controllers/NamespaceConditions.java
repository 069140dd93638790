package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.api.model.NamespaceConditionBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a dying namespace says of itself: five conditions, each `False` while all is well. Words are
/// Kubernetes' own, since people and tools search for them.
enum NamespaceConditions {
    DISCOVERY(
            "NamespaceDeletionDiscoveryFailure",
            "ResourcesDiscovered",
            "All resources successfully discovered",
            "DiscoveryFailed"),
    PARSING(
            "NamespaceDeletionGroupVersionParsingFailure",
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
            "GroupVersionParsingFailed"),
    DELETION(
            "NamespaceDeletionContentFailure",
            "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization",
            "ContentDeletionFailed"),
    CONTENT("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed", "SomeResourcesRemain"),
    FINALIZERS(
            "NamespaceFinalizersRemaining",
            "ContentHasNoFinalizers",
            "All content-preserving finalizers finished",
            "SomeFinalizersRemain");

    private final String type;
    private final String goodReason;
    private final String goodMessage;
    private final String badReason;

    NamespaceConditions(String type, String goodReason, String goodMessage, String badReason) {
        this.type = type;
        this.goodReason = goodReason;
        this.goodMessage = goodMessage;
        this.badReason = badReason;
    }

    /// The conditions after a look at the namespace, in place of `before`; times of those that stay as they
    /// were stay too.
    ///
    /// @param now as conditions spell it
    static List<NamespaceCondition> after(NamespaceContent content, List<NamespaceCondition> before, String now) {
        var after = new ArrayList<>(before);
        for (NamespaceConditions each : values()) {
            NamespaceCondition next = each.condition(content, now);
            Optional<NamespaceCondition> known = before.stream()
                    .filter(condition -> condition.getType().equals(each.type))
                    .findFirst();
            known.ifPresent(old -> {
                if (old.getStatus().equals(next.getStatus())) {
                    next.setLastTransitionTime(old.getLastTransitionTime());
                }
                after.remove(old);
            });
            after.add(next);
        }
        return List.copyOf(after);
    }

    private NamespaceCondition condition(NamespaceContent content, String now) {
        Optional<String> trouble = trouble(content);
        return new NamespaceConditionBuilder()
                .withType(type)
                .withStatus(trouble.isPresent() ? "True" : "False")
                .withReason(trouble.isPresent() ? badReason : goodReason)
                .withMessage(trouble.orElse(goodMessage))
                .withLastTransitionTime(now)
                .build();
    }

    /// While pods are waited for, what else there is has not been counted.
    private Optional<String> trouble(NamespaceContent content) {
        return switch (this) {
            case DISCOVERY -> said(content.undiscovered(), NamespaceConditions::undiscovered);
            case PARSING -> Optional.empty();
            case DELETION ->
                said(
                        content.failures(),
                        failures -> "Failed to delete all resource types, %d remaining: %s"
                                .formatted(failures.size(), sorted(failures)));
            case CONTENT ->
                counted(content.remaining(), "%s has %d resource instances", "Some resources are remaining: ");
            case FINALIZERS ->
                counted(
                        content.finalizers(),
                        "%s in %d resource instances",
                        "Some content in the namespace has finalizers remaining: ");
        };
    }

    private static String undiscovered(List<String> groups) {
        return "Discovery failed for some groups, %d failing: unable to retrieve the complete list of server APIs: %s"
                .formatted(
                        groups.size(),
                        groups.stream()
                                .sorted()
                                .map(group -> group + ": stale GroupVersion discovery: " + group)
                                .collect(Collectors.joining(", ")));
    }

    private static Optional<String> said(
            List<String> facts, java.util.function.Function<List<String>, String> sentence) {
        return facts.isEmpty() ? Optional.empty() : Optional.of(sentence.apply(facts));
    }

    private static Optional<String> counted(Map<String, Integer> counts, String each, String start) {
        List<String> parts = counts.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .map(entry -> each.formatted(entry.getKey(), entry.getValue()))
                .toList();
        return parts.isEmpty() ? Optional.empty() : Optional.of(start + sorted(parts));
    }

    private static String sorted(List<String> parts) {
        return parts.stream().sorted().collect(Collectors.joining(", "));
    }
}
