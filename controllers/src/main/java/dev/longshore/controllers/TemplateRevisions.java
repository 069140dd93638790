package dev.longshore.controllers;

import dev.longshore.client.Informers;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
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

    /// The revisions of `set`; that of its present template becomes the newest if it is not. Of several that keep
    /// the present template only the newest stays, and all of `pods` count as being of it.
    Found find(DaemonSet set, List<Pod> pods) {
        Integer collisions = set.getStatus() == null ? null : set.getStatus().getCollisionCount();
        PodTemplateSpec template = set.getSpec().getTemplate();
        List<ControllerRevision> present = claimed(set, set.getSpec().getSelector());
        present.replaceAll(this::labelled);
        return find(set, template, withoutDuplicates(present, template, pods), collisions);
    }

    /// The same of a StatefulSet, which may have a template twice.
    Found find(StatefulSet set) {
        Integer collisions = set.getStatus() == null ? null : set.getStatus().getCollisionCount();
        return find(set, set.getSpec().getTemplate(), claimed(set, set.getSpec().getSelector()), collisions);
    }

    /// The oldest first.
    private List<ControllerRevision> claimed(HasMetadata owner, LabelSelector selector) {
        List<ControllerRevision> present = new ArrayList<>(
                claims.claim(owner, selector, informers.ownOrOrphaned(ControllerRevision.class, owner)));
        present.sort(BY_NUMBER);
        return present;
    }

    /// One that somebody made without the label by which pods are told apart gets it: its own name.
    private ControllerRevision labelled(ControllerRevision revision) {
        return hash(revision) != null
                ? revision
                : client.resource(new ControllerRevisionBuilder(revision)
                                .editMetadata()
                                .addToLabels(LABEL, revision.getMetadata().getName())
                                .endMetadata()
                                .build())
                        .update();
    }

    private List<ControllerRevision> withoutDuplicates(
            List<ControllerRevision> present, PodTemplateSpec template, List<Pod> pods) {
        List<ControllerRevision> same = present.stream()
                .filter(revision -> template(revision).equals(template))
                .toList();
        if (same.size() < 2) {
            return present;
        }
        ControllerRevision kept = same.getLast();
        // Pods first: of a template that is not there any more they would have to be replaced.
        pods.stream()
                .filter(pod -> !hash(kept).equals(pod.getMetadata().getLabels().get(LABEL)))
                .forEach(pod -> client.resource(new PodBuilder(pod)
                                .editMetadata()
                                .addToLabels(LABEL, hash(kept))
                                .endMetadata()
                                .build())
                        .update());
        List<ControllerRevision> dropped = same.subList(0, same.size() - 1);
        dropped.forEach(revision -> client.resource(revision).delete());
        return present.stream().filter(revision -> !dropped.contains(revision)).toList();
    }

    private Found find(
            HasMetadata owner, PodTemplateSpec template, List<ControllerRevision> found, Integer collisions) {
        List<ControllerRevision> present = new ArrayList<>(found);
        long last = present.isEmpty() ? 0 : present.getLast().getRevision();
        Optional<ControllerRevision> same = present.reversed().stream()
                .filter(revision -> template(revision).equals(template))
                .findFirst();
        int counted = collisions == null ? 0 : collisions;
        if (same.isEmpty()) {
            return created(owner, template, last + 1, present, counted);
        }
        ControllerRevision kept = same.get();
        if (kept.getRevision() == last) {
            return new Found(kept, present, counted);
        }
        ControllerRevision renumbered = client.resource(new ControllerRevisionBuilder(kept)
                        .withRevision(last + 1)
                        .build())
                .update();
        present.remove(kept);
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

    /// Its label; null if it has none.
    static String hash(ControllerRevision revision) {
        Map<String, String> labels = revision.getMetadata().getLabels();
        return labels == null ? null : labels.get(LABEL);
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
