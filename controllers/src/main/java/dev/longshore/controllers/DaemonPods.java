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
        Map<String, String> annotations = set.getMetadata().getAnnotations();
        String generation = annotations == null ? null : annotations.get(GENERATION_ANNOTATION);
        Pod pod = PodWrites.podOf(set, set.getSpec().getTemplate())
                .editMetadata()
                .addToLabels(TemplateRevisions.LABEL, hash)
                .addToLabels(GENERATION, generation == null ? "1" : generation)
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
        return pod;
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
        Stream.concat(standard, network)
                .filter(toleration -> !tolerations.contains(toleration))
                .forEach(tolerations::add);
        return tolerations;
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
