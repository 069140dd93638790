package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/// Pods of StatefulSets, which have names that stay, and the claims that belong to them.
final class StatefulPods {

    private static final String POD_NAME = "statefulset.kubernetes.io/pod-name";
    private static final String POD_INDEX = "apps.kubernetes.io/pod-index";

    private StatefulPods() {}

    static String name(StatefulSet set, int ordinal) {
        return set.getMetadata().getName() + "-" + ordinal;
    }

    /// The ordinal in the name of `pod`; empty if the name is none of the set's.
    static OptionalInt ordinal(StatefulSet set, Pod pod) {
        String name = pod.getMetadata().getName();
        String prefix = set.getMetadata().getName() + "-";
        if (!name.startsWith(prefix)) {
            return OptionalInt.empty();
        }
        String digits = name.substring(prefix.length());
        try {
            int ordinal = Integer.parseUnsignedInt(digits);
            return String.valueOf(ordinal).equals(digits) ? OptionalInt.of(ordinal) : OptionalInt.empty();
        } catch (NumberFormatException notANumber) {
            return OptionalInt.empty();
        }
    }

    /// The name of the revision that `pod` was made of.
    static String revision(Pod pod) {
        return Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.<String, String>of())
                .getOrDefault(TemplateRevisions.LABEL, "");
    }

    /// The pod `ordinal` by `template`, which is that of `revision`.
    static Pod pod(StatefulSet set, PodTemplateSpec template, String revision, int ordinal) {
        String name = name(set, ordinal);
        return PodWrites.podOf(set, template)
                .editMetadata()
                .withName(name)
                .addToLabels(POD_NAME, name)
                .addToLabels(POD_INDEX, String.valueOf(ordinal))
                .addToLabels(TemplateRevisions.LABEL, revision)
                .endMetadata()
                .editSpec()
                .withHostname(name)
                .withSubdomain(set.getSpec().getServiceName())
                .withVolumes(volumes(set, template.getSpec().getVolumes(), name))
                .endSpec()
                .build();
    }

    /// The claims that the pod called `pod` needs.
    static List<PersistentVolumeClaim> claims(StatefulSet set, String pod) {
        return set.getSpec().getVolumeClaimTemplates().stream()
                .map(template -> {
                    return new PersistentVolumeClaimBuilder(template)
                            .editMetadata()
                            .withNamespace(set.getMetadata().getNamespace())
                            .withName(claimName(template, pod))
                            .addToLabels(set.getSpec().getSelector().getMatchLabels())
                            .endMetadata()
                            .withStatus(null)
                            .build();
                })
                .toList();
    }

    /// The first ordinal.
    static int start(StatefulSet set) {
        var ordinals = set.getSpec().getOrdinals();
        return ordinals == null || ordinals.getStart() == null ? 0 : ordinals.getStart();
    }

    static int replicas(StatefulSet set) {
        return set.getSpec().getReplicas() == null ? 1 : set.getSpec().getReplicas();
    }

    static int minReadySeconds(StatefulSet set) {
        return set.getSpec().getMinReadySeconds() == null ? 0 : set.getSpec().getMinReadySeconds();
    }

    /// Whether pods of older templates are replaced; else who wants that deletes them.
    static boolean isRolling(StatefulSet set) {
        return set.getSpec().getUpdateStrategy() == null
                || !"OnDelete".equals(set.getSpec().getUpdateStrategy().getType());
    }

    /// True if the ordinal of `pod` is among those wanted.
    static boolean isWanted(StatefulSet set, Pod pod) {
        OptionalInt ordinal = ordinal(set, pod);
        return ordinal.isPresent()
                && ordinal.getAsInt() >= start(set)
                && ordinal.getAsInt() < start(set) + replicas(set);
    }

    /// True if `pod` says by its label which one it is.
    static boolean hasIdentity(Pod pod) {
        var labels = pod.getMetadata().getLabels();
        return labels != null && pod.getMetadata().getName().equals(labels.get(POD_NAME));
    }

    /// True if `pod` uses the claims that belong to it.
    static boolean hasStorage(StatefulSet set, Pod pod) {
        return set.getSpec().getVolumeClaimTemplates().stream()
                .allMatch(template -> pod.getSpec().getVolumes().stream()
                        .anyMatch(volume ->
                                volume.getName().equals(template.getMetadata().getName())
                                        && volume.getPersistentVolumeClaim() != null
                                        && claimName(template, pod.getMetadata().getName())
                                                .equals(volume.getPersistentVolumeClaim()
                                                        .getClaimName())));
    }

    /// `pod` with its identity and its claims.
    static Pod repaired(StatefulSet set, Pod pod) {
        String name = pod.getMetadata().getName();
        return new PodBuilder(pod)
                .editMetadata()
                .addToLabels(POD_NAME, name)
                .addToLabels(POD_INDEX, String.valueOf(ordinal(set, pod).orElseThrow()))
                .endMetadata()
                .editSpec()
                .withVolumes(volumes(set, pod.getSpec().getVolumes(), name))
                .endSpec()
                .build();
    }

    static boolean isDeletedWithSet(StatefulSet set) {
        var policy = set.getSpec().getPersistentVolumeClaimRetentionPolicy();
        return policy != null && "Delete".equals(policy.getWhenDeleted());
    }

    static boolean isDeletedWithPod(StatefulSet set) {
        var policy = set.getSpec().getPersistentVolumeClaimRetentionPolicy();
        return policy != null && "Delete".equals(policy.getWhenScaled());
    }

    private static List<Volume> volumes(StatefulSet set, List<Volume> others, String pod) {
        var volumes = new ArrayList<Volume>();
        for (PersistentVolumeClaim claim : set.getSpec().getVolumeClaimTemplates()) {
            volumes.add(new VolumeBuilder()
                    .withName(claim.getMetadata().getName())
                    .withNewPersistentVolumeClaim(claimName(claim, pod), false)
                    .build());
        }
        others.stream()
                .filter(volume ->
                        volumes.stream().noneMatch(claimed -> claimed.getName().equals(volume.getName())))
                .forEach(volumes::add);
        return volumes;
    }

    private static String claimName(PersistentVolumeClaim template, String pod) {
        return template.getMetadata().getName() + "-" + pod;
    }
}
