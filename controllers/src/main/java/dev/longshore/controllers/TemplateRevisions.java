package dev.longshore.controllers;

import dev.longshore.client.Informers;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
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

    private static final Comparator<ControllerRevision> BY_NUMBER = Comparator.comparingLong(
                    ControllerRevision::getRevision)
            .thenComparing(revision -> revision.getMetadata().getCreationTimestamp())
            .thenComparing(revision -> revision.getMetadata().getName());

    /// How many old templates are kept unless the owner says otherwise.
    static final int DEFAULT_LIMIT = 10;

    private static final int LONGEST_PREFIX = 223;
    private static final int MOST_COLLISIONS = 10;

    private final KubernetesClient client;
    private final Informers informers;
    private final Claims claims;

    /// What an owner has had.
    ///
    /// @param newest of the present template
    /// @param all of them, the oldest first, `newest` included
    /// @param collisions how often the name of a new one was taken
    record Found(ControllerRevision newest, List<ControllerRevision> all, int collisions) {

        /// All but the newest, the oldest first.
        List<ControllerRevision> older() {
            return all.stream()
                    .filter(revision -> !revision.getMetadata()
                            .getName()
                            .equals(newest.getMetadata().getName()))
                    .toList();
        }
    }

    TemplateRevisions(KubernetesClient client, Informers informers) {
        this.client = client;
        this.informers = informers;
        this.claims = new Claims(client);
        informers.of(ControllerRevision.class);
    }

    /// The revisions of `set`; that of its present template becomes the newest if it is not.
    Found find(DaemonSet set) {
        Integer collisions = set.getStatus() == null ? null : set.getStatus().getCollisionCount();
        return find(set, set.getSpec().getSelector(), set.getSpec().getTemplate(), collisions);
    }

    /// The same of a StatefulSet.
    Found find(StatefulSet set) {
        Integer collisions = set.getStatus() == null ? null : set.getStatus().getCollisionCount();
        return find(set, set.getSpec().getSelector(), set.getSpec().getTemplate(), collisions);
    }

    private Found find(HasMetadata owner, LabelSelector selector, PodTemplateSpec template, Integer collisions) {
        List<ControllerRevision> present = new ArrayList<>(
                claims.claim(owner, selector, informers.ownOrOrphaned(ControllerRevision.class, owner)));
        present.sort(BY_NUMBER);
        long last = present.isEmpty() ? 0 : present.getLast().getRevision();
        Optional<ControllerRevision> same = present.reversed().stream()
                .filter(revision -> template(revision).equals(template))
                .findFirst();
        int counted = collisions == null ? 0 : collisions;
        if (same.isEmpty()) {
            return created(owner, template, last + 1, present, counted);
        }
        ControllerRevision found = same.get();
        if (found.getRevision() == last) {
            return new Found(found, present, counted);
        }
        ControllerRevision renumbered = client.resource(new ControllerRevisionBuilder(found)
                        .withRevision(last + 1)
                        .build())
                .update();
        present.remove(found);
        present.add(renumbered);
        return new Found(renumbered, present, counted);
    }

    /// Deletes the oldest of `history` beyond `limit` that no pod is of.
    ///
    /// @param inUse names or hashes
    void dropHistory(List<ControllerRevision> history, int limit, Set<String> inUse) {
        history.stream()
                .filter(revision ->
                        !inUse.contains(revision.getMetadata().getName()) && !inUse.contains(hash(revision)))
                .limit(Math.max(0, history.size() - limit))
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

    private Found created(
            HasMetadata owner, PodTemplateSpec template, long number, List<ControllerRevision> present, int counted) {
        for (int collisions = counted; ; collisions++) {
            String hash = TemplateHash.of(template, collisions);
            ControllerRevision revision = revision(owner, template, hash, number);
            Optional<ControllerRevision> made = made(revision, template);
            if (made.isPresent()) {
                var all = new ArrayList<>(present);
                all.add(made.get());
                return new Found(made.get(), all, collisions);
            }
            if (collisions - counted == MOST_COLLISIONS) {
                throw Refusals.conflict("%d names of revisions of %s are taken"
                        .formatted(MOST_COLLISIONS, owner.getMetadata().getName()));
            }
        }
    }

    /// Empty when another template has the name.
    private Optional<ControllerRevision> made(ControllerRevision revision, PodTemplateSpec template) {
        try {
            return Optional.of(client.resource(revision).create());
        } catch (KubernetesClientException refused) {
            if (!Refusals.isAlreadyThere(refused)) {
                throw refused;
            }
            // Most often ours, of which the informer has not heard yet.
            ControllerRevision there = client.resource(revision).get();
            if (there == null) {
                throw refused;
            }
            return Optional.of(there).filter(found -> template(found).equals(template));
        }
    }

    private static ControllerRevision revision(HasMetadata owner, PodTemplateSpec template, String hash, long number) {
        return new ControllerRevisionBuilder()
                .withNewMetadata()
                .withNamespace(owner.getMetadata().getNamespace())
                .withName(name(owner.getMetadata().getName(), hash))
                .withLabels(template.getMetadata().getLabels())
                .addToLabels(LABEL, hash)
                .withAnnotations(owner.getMetadata().getAnnotations())
                .withOwnerReferences(Keys.controlledBy(owner))
                .endMetadata()
                .withData(data(template))
                .withRevision(number)
                .build();
    }

    private static String name(String owner, String hash) {
        return (owner.length() > LONGEST_PREFIX ? owner.substring(0, LONGEST_PREFIX) : owner) + "-" + hash;
    }
}
