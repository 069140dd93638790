package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
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
                .withGenerateName(null)
                .withName(name)
                .addToLabels(POD_NAME, name)
                .addToLabels(POD_INDEX, String.valueOf(ordinal))
                .addToLabels(TemplateRevisions.LABEL, revision)
                .endMetadata()
                .editSpec()
                .withHostname(name)
                .withSubdomain(set.getSpec().getServiceName())
                .withVolumes(volumes(set, template, name))
                .endSpec()
                .build();
    }

    /// The claims that the pod called `pod` needs.
    static List<PersistentVolumeClaim> claims(StatefulSet set, String pod) {
        return set.getSpec().getVolumeClaimTemplates().stream()
                .map(template -> {
                    var claim = new PersistentVolumeClaimBuilder(template)
                            .editMetadata()
                            .withNamespace(set.getMetadata().getNamespace())
                            .withName(claimName(template, pod))
                            .addToLabels(set.getSpec().getSelector().getMatchLabels())
                            .endMetadata()
                            .withStatus(null)
                            .build();
                    if (isDeletedWithSet(set)) {
                        claim.getMetadata().setOwnerReferences(List.of(Keys.controlledBy(set)));
                    }
                    return claim;
                })
                .toList();
    }

    static boolean isDeletedWithSet(StatefulSet set) {
        var policy = set.getSpec().getPersistentVolumeClaimRetentionPolicy();
        return policy != null && "Delete".equals(policy.getWhenDeleted());
    }

    static boolean isDeletedWithPod(StatefulSet set) {
        var policy = set.getSpec().getPersistentVolumeClaimRetentionPolicy();
        return policy != null && "Delete".equals(policy.getWhenScaled());
    }

    private static List<Volume> volumes(StatefulSet set, PodTemplateSpec template, String pod) {
        var volumes = new ArrayList<Volume>();
        for (PersistentVolumeClaim claim : set.getSpec().getVolumeClaimTemplates()) {
            volumes.add(new VolumeBuilder()
                    .withName(claim.getMetadata().getName())
                    .withNewPersistentVolumeClaim(claimName(claim, pod), false)
                    .build());
        }
        template.getSpec().getVolumes().stream()
                .filter(volume ->
                        volumes.stream().noneMatch(claimed -> claimed.getName().equals(volume.getName())))
                .forEach(volumes::add);
        return volumes;
    }

    private static String claimName(PersistentVolumeClaim template, String pod) {
        return template.getMetadata().getName() + "-" + pod;
    }
}
