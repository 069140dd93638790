package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Pods of DaemonSets: how they are made and whose node they are for.
final class DaemonPods {

    private static final String NAME_FIELD = "metadata.name";
    private static final String GENERATION = "pod-template-generation";
    private static final String GENERATION_ANNOTATION = "deprecated.daemonset.template.generation";

    private DaemonPods() {}

    /// The pod for `node`, which the scheduler can put nowhere else.
    static Pod podFor(DaemonSet set, String node, String hash) {
        return PodWrites.podOf(set, set.getSpec().getTemplate())
                .editMetadata()
                .addToLabels(TemplateRevisions.LABEL, hash)
                .addToLabels(generation(set)
                        .map(number -> Map.of(GENERATION, number))
                        .orElse(Map.of()))
                .endMetadata()
                .editSpec()
                .withTolerations(tolerations(set))
                .editOrNewAffinity()
                .editOrNewNodeAffinity()
                .editOrNewRequiredDuringSchedulingIgnoredDuringExecution()
                .withNodeSelectorTerms(onlyOn(node))
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endNodeAffinity()
                .endAffinity()
                .endSpec()
                .build();
    }

    /// The template's own, and those by which a daemon stays on a node in trouble.
    static List<Toleration> tolerations(DaemonSet set) {
        var tolerations = new ArrayList<>(set.getSpec().getTemplate().getSpec().getTolerations());
        Stream<Toleration> standard = Stream.of(
                always("not-ready", "NoExecute"),
                always("unreachable", "NoExecute"),
                always("disk-pressure", "NoSchedule"),
                always("memory-pressure", "NoSchedule"),
                always("pid-pressure", "NoSchedule"),
                always("unschedulable", "NoSchedule"));
        boolean isOnHost =
                Boolean.TRUE.equals(set.getSpec().getTemplate().getSpec().getHostNetwork());
        Stream<Toleration> network = isOnHost ? Stream.of(always("network-unavailable", "NoSchedule")) : Stream.empty();
        Stream.concat(standard, network).forEach(toleration -> put(tolerations, toleration));
        return tolerations;
    }

    /// In place of one that says the same with a limit of time, or as a new one.
    private static void put(List<Toleration> tolerations, Toleration toleration) {
        boolean isThere = false;
        for (int i = 0; i < tolerations.size(); i++) {
            Toleration present = tolerations.get(i);
            if (toleration.getKey().equals(present.getKey())
                    && toleration.getOperator().equals(present.getOperator())
                    && toleration.getEffect().equals(present.getEffect())
                    && (present.getValue() == null || present.getValue().isEmpty())) {
                tolerations.set(i, toleration);
                isThere = true;
            }
        }
        if (!isThere) {
            tolerations.add(toleration);
        }
    }

    /// How often the template of `set` has changed, as it was counted before there were revisions.
    static Optional<String> generation(DaemonSet set) {
        Map<String, String> annotations = set.getMetadata().getAnnotations();
        return Optional.ofNullable(annotations == null ? null : annotations.get(GENERATION_ANNOTATION))
                .filter(text -> text.matches("-?[0-9]{1,18}"));
    }

    /// The generation of the template that `pod` was made of; null if it does not say.
    static String generation(Pod pod) {
        return pod.getMetadata().getLabels().get(GENERATION);
    }

    /// The node that `pod` is on or for.
    static Optional<String> node(Pod pod) {
        if (pod.getSpec().getNodeName() != null && !pod.getSpec().getNodeName().isEmpty()) {
            return Optional.of(pod.getSpec().getNodeName());
        }
        return Optional.ofNullable(pod.getSpec().getAffinity())
                .map(affinity -> affinity.getNodeAffinity())
                .map(affinity -> affinity.getRequiredDuringSchedulingIgnoredDuringExecution())
                .stream()
                .flatMap(required -> required.getNodeSelectorTerms().stream())
                .flatMap(term -> term.getMatchFields().stream())
                .filter(rule ->
                        rule.getKey().equals(NAME_FIELD) && rule.getValues().size() == 1)
                .map(rule -> rule.getValues().getFirst())
                .findFirst();
    }

    static boolean isOf(Pod pod, String hash) {
        return hash.equals(pod.getMetadata().getLabels().get(TemplateRevisions.LABEL));
    }

    private static NodeSelectorTerm onlyOn(String node) {
        return new NodeSelectorTermBuilder()
                .addNewMatchField()
                .withKey(NAME_FIELD)
                .withOperator("In")
                .withValues(node)
                .endMatchField()
                .build();
    }

    private static Toleration always(String taint, String effect) {
        return new TolerationBuilder()
                .withKey("node.kubernetes.io/" + taint)
                .withOperator("Exists")
                .withEffect(effect)
                .build();
    }
}
