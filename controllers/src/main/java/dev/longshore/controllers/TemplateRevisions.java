package dev.longshore.controllers;

import dev.longshore.client.Informers;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The pod templates that a DaemonSet or StatefulSet has had, each kept as a ControllerRevision, so that old
/// pods can be told from new ones and `kubectl rollout undo` has something to go back to. The highest number is
/// the newest.
final class TemplateRevisions {

    /// The label of pods, and of revisions, that names the template they are of.
    static final String LABEL = "controller-revision-hash";

    private static final int CONFLICT = 409;
    private static final int MOST_COLLISIONS = 10;
    private static final int DEFAULT_LIMIT = 10;

    private final KubernetesClient client;
    private final Informers informers;

    TemplateRevisions(KubernetesClient client, Informers informers) {
        this.client = client;
        this.informers = informers;
        informers.of(ControllerRevision.class);
    }

    /// All of `owner`, the oldest first.
    List<ControllerRevision> all(HasMetadata owner) {
        return informers
                .controlledBy(ControllerRevision.class, owner.getMetadata().getUid())
                .stream()
                .sorted(Comparator.comparingLong(ControllerRevision::getRevision))
                .toList();
    }

    /// The revision of `template`, which becomes the newest if it is not.
    ControllerRevision newest(HasMetadata owner, PodTemplateSpec template) {
        List<ControllerRevision> present = all(owner);
        long last = present.isEmpty() ? 0 : present.getLast().getRevision();
        Optional<ControllerRevision> same = present.reversed().stream()
                .filter(revision -> template(revision).equals(template))
                .findFirst();
        if (same.isEmpty()) {
            return created(owner, template, last + 1);
        }
        if (same.get().getRevision() == last) {
            return same.get();
        }
        return client.resource(new ControllerRevisionBuilder(same.get())
                        .withRevision(last + 1)
                        .build())
                .update();
    }

    /// Deletes the oldest beyond `limit` that no pod is of.
    void dropHistory(HasMetadata owner, Integer limit, Set<String> inUse) {
        List<ControllerRevision> idle = all(owner).stream()
                .filter(revision ->
                        !inUse.contains(revision.getMetadata().getName()) && !inUse.contains(hash(revision)))
                .toList();
        idle.stream()
                .limit(Math.max(0, idle.size() - (limit == null ? DEFAULT_LIMIT : limit)))
                .forEach(revision -> client.resource(revision).delete());
    }

    static String hash(ControllerRevision revision) {
        return revision.getMetadata().getLabels().get(LABEL);
    }

    /// The template kept in `revision`.
    static PodTemplateSpec template(ControllerRevision revision) {
        Map<?, ?> data = Serialization.unmarshal(Serialization.asJson(revision.getData()), Map.class);
        var template = new LinkedHashMap<>((Map<?, ?>) ((Map<?, ?>) data.get("spec")).get("template"));
        template.remove("$patch");
        return Serialization.unmarshal(Serialization.asJson(template), PodTemplateSpec.class);
    }

    /// What `kubectl rollout undo` sends as a patch.
    static Map<String, Object> data(PodTemplateSpec template) {
        Map<String, Object> copy = new LinkedHashMap<>();
        Map<?, ?> tree = Serialization.unmarshal(Serialization.asJson(template), Map.class);
        tree.forEach((key, value) -> copy.put((String) key, value));
        copy.put("$patch", "replace");
        return Map.of("spec", Map.of("template", copy));
    }

    private ControllerRevision created(HasMetadata owner, PodTemplateSpec template, long number) {
        for (int collisions = 0; ; collisions++) {
            String hash = TemplateHash.of(template, collisions == 0 ? null : collisions);
            ControllerRevision revision = revision(owner, template, hash, number);
            try {
                return client.resource(revision).create();
            } catch (KubernetesClientException refused) {
                if (refused.getCode() != CONFLICT || collisions == MOST_COLLISIONS) {
                    throw refused;
                }
                // Ours, and the informer has not heard of it yet; or somebody else's, and another hash must do.
                ControllerRevision there = client.resource(revision).get();
                if (there != null
                        && Keys.controller(there)
                                .filter(controller -> controller
                                        .getUid()
                                        .equals(owner.getMetadata().getUid()))
                                .isPresent()
                        && template(there).equals(template)) {
                    return there;
                }
            }
        }
    }

    private static ControllerRevision revision(HasMetadata owner, PodTemplateSpec template, String hash, long number) {
        return new ControllerRevisionBuilder()
                .withNewMetadata()
                .withNamespace(owner.getMetadata().getNamespace())
                .withName(owner.getMetadata().getName() + "-" + hash)
                .withLabels(template.getMetadata().getLabels())
                .addToLabels(LABEL, hash)
                .withAnnotations(owner.getMetadata().getAnnotations())
                .withOwnerReferences(Keys.controlledBy(owner))
                .endMetadata()
                .withData(data(template))
                .withRevision(number)
                .build();
    }
}
