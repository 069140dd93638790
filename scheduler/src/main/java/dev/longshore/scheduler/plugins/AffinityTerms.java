package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.Labels;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.WeightedPodAffinityTerm;
import java.util.List;
import java.util.Map;

/// What pods say of the company they want, and whom they mean.
///
/// Of a namespace only its name is known here (the label `kubernetes.io/metadata.name`), which is what
/// namespace selectors ask about in practice.
final class AffinityTerms {

    private AffinityTerms() {}

    /// True if `term`, of `owner`, means `other`.
    static boolean selects(PodAffinityTerm term, PodView owner, PodView other) {
        return coversNamespace(term, owner, other.namespace())
                && Labels.match(term.getLabelSelector(), other.labels())
                && isSameIn(term.getMatchLabelKeys(), owner, other)
                && term.getMismatchLabelKeys().stream().allMatch(key -> differ(key, owner, other));
    }

    /// Terms without which `pod` cannot be.
    static List<PodAffinityTerm> required(PodView pod) {
        return pod.affinity()
                .map(Affinity::getPodAffinity)
                .map(rules -> rules.getRequiredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
    }

    /// Terms with whom `pod` cannot be.
    static List<PodAffinityTerm> requiredApart(PodView pod) {
        return pod.affinity()
                .map(Affinity::getPodAntiAffinity)
                .map(rules -> rules.getRequiredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
    }

    /// Company that `pod` would like.
    static List<WeightedPodAffinityTerm> preferred(PodView pod) {
        return pod.affinity()
                .map(Affinity::getPodAffinity)
                .map(rules -> rules.getPreferredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
    }

    /// Company that `pod` would rather not have.
    static List<WeightedPodAffinityTerm> preferredApart(PodView pod) {
        return pod.affinity()
                .map(Affinity::getPodAntiAffinity)
                .map(rules -> rules.getPreferredDuringSchedulingIgnoredDuringExecution())
                .orElse(List.of());
    }

    private static boolean coversNamespace(PodAffinityTerm term, PodView owner, String namespace) {
        if (term.getNamespaces().isEmpty() && term.getNamespaceSelector() == null) {
            return owner.namespace().equals(namespace);
        }
        return term.getNamespaces().contains(namespace)
                || Labels.match(term.getNamespaceSelector(), Map.of("kubernetes.io/metadata.name", namespace));
    }

    private static boolean isSameIn(List<String> keys, PodView owner, PodView other) {
        return keys.stream()
                .filter(owner.labels()::containsKey)
                .allMatch(key -> owner.labels().get(key).equals(other.labels().get(key)));
    }

    private static boolean differ(String key, PodView owner, PodView other) {
        String own = owner.labels().get(key);
        return own == null || !own.equals(other.labels().get(key));
    }
}
