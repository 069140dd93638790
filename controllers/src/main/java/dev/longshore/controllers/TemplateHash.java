package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The label `pod-template-hash`, by which the ReplicaSets of one Deployment keep their pods apart.
final class TemplateHash {

    static final String LABEL = "pod-template-hash";

    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final int FNV_OFFSET = 0x811c9dc5;
    private static final int FNV_PRIME = 0x01000193;

    private TemplateHash() {}

    /// The hash of `template`; another one for each `collisionCount`.
    static String of(PodTemplateSpec template, Integer collisionCount) {
        String text = Serialization.asJson(template) + (collisionCount == null ? "" : collisionCount.toString());
        int hash = FNV_OFFSET;
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (octet & 0xff)) * FNV_PRIME;
        }
        return Integer.toUnsignedString(hash)
                .chars()
                .mapToObj(digit -> String.valueOf(ALPHABET.charAt(digit % ALPHABET.length())))
                .collect(java.util.stream.Collectors.joining());
    }

    /// True if both are the same but for the hash.
    static boolean areEqual(PodTemplateSpec one, PodTemplateSpec other) {
        return without(one).equals(without(other));
    }

    /// `template` without the hash.
    static PodTemplateSpec without(PodTemplateSpec template) {
        Map<String, String> labels =
                template.getMetadata() == null ? null : template.getMetadata().getLabels();
        if (labels == null || !labels.containsKey(LABEL)) {
            return template;
        }
        return new PodTemplateSpecBuilder(template)
                .editMetadata()
                .removeFromLabels(LABEL)
                .endMetadata()
                .build();
    }
}
