package dev.longshore.controllers;

import static dev.longshore.controllers.RolloutPlan.Member;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Rolls out what a Deployment asks for, by growing the ReplicaSet of its newest template and shrinking the
/// others.
final class DeploymentController implements Reconciler {

    static final String NAME = "deployment-controller";

    private static final int WORKERS = 4;
    private static final int CONFLICT = 409;

    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final DeploymentStatusWriter statuses;

    private DeploymentController(ControllerContext context) {
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
        this.statuses = new DeploymentStatusWriter(client, context.time());
    }

    static Controller create(ControllerContext context) {
        var controller = new DeploymentController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        Informers informers = context.informers();
        informers.onChange(Deployment.class, deployment -> loop.queue().add(Keys.of(deployment)));
        informers.onChange(
                ReplicaSet.class,
                set -> Keys.controllerKey(set, "Deployment")
                        .ifPresentOrElse(
                                loop.queue()::add,
                                () -> informers
                                        .in(Deployment.class, set.getMetadata().getNamespace())
                                        .stream()
                                        .filter(deployment -> Selectors.matches(
                                                deployment.getSpec().getSelector(),
                                                set.getMetadata().getLabels()))
                                        .forEach(deployment -> loop.queue().add(Keys.of(deployment)))));
        informers.onChange(
                Pod.class,
                pod -> Keys.controllerKey(pod, "ReplicaSet")
                        .flatMap(set -> informers.find(ReplicaSet.class, set))
                        .flatMap(set -> Keys.controllerKey(set, "Deployment"))
                        .ifPresent(loop.queue()::add));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<Deployment> found = informers.find(Deployment.class, key);
        if (found.isEmpty()) {
            return Outcome.done();
        }
        Deployment deployment = found.get();
        List<ReplicaSet> sets = claimed(deployment);
        Optional<ReplicaSet> fresh = newest(deployment, sets);
        if (Keys.isBeingDeleted(deployment)) {
            return statuses.write(deployment, fresh, sets);
        }
        if (Boolean.TRUE.equals(deployment.getSpec().getPaused())) {
            sets = scaleEvenly(deployment, sets, fresh);
        } else if (isResized(deployment, sets)) {
            sets = scaleEvenly(deployment, sets, fresh);
        } else if ("Recreate".equals(deployment.getSpec().getStrategy().getType())) {
            sets = recreate(deployment, sets, fresh);
        } else {
            sets = roll(deployment, sets, fresh);
        }
        fresh = newest(deployment, sets);
        Outcome outcome = statuses.write(deployment, fresh, sets);
        if (fresh.isPresent() && statuses.isComplete(deployment, sets)) {
            dropHistory(deployment, sets, fresh.get());
        }
        return outcome;
    }

    private List<ReplicaSet> roll(Deployment deployment, List<ReplicaSet> sets, Optional<ReplicaSet> found) {
        ReplicaSet fresh =
                found.map(set -> renumbered(deployment, set, sets)).orElseGet(() -> created(deployment, sets));
        List<ReplicaSet> old = others(sets, fresh);
        RolloutPlan plan = plan(deployment);
        var result = new ArrayList<>(old);
        int grown = plan.grown(member(fresh), members(old));
        if (grown != replicas(fresh)) {
            result.add(scale(deployment, fresh, grown));
            return result;
        }
        Map<String, Integer> shrunk = plan.shrunk(member(fresh), members(old));
        result.replaceAll(
                set -> scale(deployment, set, shrunk.get(set.getMetadata().getName())));
        result.add(fresh);
        return result;
    }

    private List<ReplicaSet> recreate(Deployment deployment, List<ReplicaSet> sets, Optional<ReplicaSet> fresh) {
        List<ReplicaSet> old = fresh.map(set -> others(sets, set)).orElse(sets);
        var result = new ArrayList<>(old);
        result.replaceAll(set -> scale(deployment, set, 0));
        boolean oldPodsAreGone = old.stream()
                .allMatch(set -> informers
                        .controlledBy(Pod.class, set.getMetadata().getUid())
                        .stream()
                        .allMatch(Pods::isTerminal));
        if (!oldPodsAreGone) {
            fresh.ifPresent(result::add);
            return result;
        }
        ReplicaSet set =
                fresh.map(present -> renumbered(deployment, present, sets)).orElseGet(() -> created(deployment, sets));
        result.add(scale(deployment, set, desired(deployment)));
        return result;
    }

    /// A changed size takes effect at once, also in the middle of a rollout and while paused.
    private List<ReplicaSet> scaleEvenly(Deployment deployment, List<ReplicaSet> sets, Optional<ReplicaSet> fresh) {
        List<ReplicaSet> active = sets.stream().filter(set -> replicas(set) > 0).toList();
        var result = new ArrayList<>(sets);
        if (active.size() <= 1) {
            Optional<ReplicaSet> only = active.isEmpty() ? fresh : Optional.of(active.getFirst());
            only.ifPresent(target ->
                    result.replaceAll(set -> set.equals(target) ? scale(deployment, set, desired(deployment)) : set));
            return result;
        }
        int allowed = desired(deployment) == 0
                ? 0
                : desired(deployment) + plan(deployment).maxSurge();
        Map<String, Integer> shares = RolloutPlan.proportional(members(active), allowed);
        result.replaceAll(set ->
                scale(deployment, set, shares.getOrDefault(set.getMetadata().getName(), replicas(set))));
        return result;
    }

    private boolean isResized(Deployment deployment, List<ReplicaSet> sets) {
        return sets.stream()
                .filter(set -> replicas(set) > 0)
                .map(set -> Revisions.annotations(set).get(Revisions.DESIRED))
                .anyMatch(size -> size != null && !size.equals(String.valueOf(desired(deployment))));
    }

    private ReplicaSet created(Deployment deployment, List<ReplicaSet> sets) {
        var template = deployment.getSpec().getTemplate();
        Integer collisions =
                deployment.getStatus() == null ? null : deployment.getStatus().getCollisionCount();
        String hash = TemplateHash.of(template, collisions);
        RolloutPlan plan = plan(deployment);
        var fresh = new ReplicaSetBuilder()
                .withNewMetadata()
                .withNamespace(deployment.getMetadata().getNamespace())
                .withName(deployment.getMetadata().getName() + "-" + hash)
                .withLabels(template.getMetadata().getLabels())
                .addToLabels(TemplateHash.LABEL, hash)
                .withAnnotations(Revisions.annotations(
                        deployment, Map.of(), Revisions.next(sets), plan.desired(), plan.desired() + plan.maxSurge()))
                .withOwnerReferences(Keys.controlledBy(deployment))
                .endMetadata()
                .withNewSpec()
                .withReplicas(0)
                .withMinReadySeconds(deployment.getSpec().getMinReadySeconds())
                .withNewSelectorLike(deployment.getSpec().getSelector())
                .addToMatchLabels(TemplateHash.LABEL, hash)
                .endSelector()
                .withNewTemplateLike(template)
                .editMetadata()
                .addToLabels(TemplateHash.LABEL, hash)
                .endMetadata()
                .endTemplate()
                .endSpec();
        fresh.editSpec()
                .withReplicas(
                        "Recreate".equals(deployment.getSpec().getStrategy().getType())
                                ? 0
                                : plan.grown(new Member("", 0, 0), members(sets)))
                .endSpec();
        try {
            ReplicaSet made = client.resource(fresh.build()).create();
            if (replicas(made) > 0) {
                announce(deployment, made, 0, replicas(made));
            }
            return made;
        } catch (KubernetesClientException refused) {
            if (refused.getCode() == CONFLICT) {
                statuses.countCollisionUnlessOurs(deployment, fresh.build());
            }
            throw refused;
        }
    }

    /// A template that comes back (after `rollout undo`) becomes the newest revision.
    private ReplicaSet renumbered(Deployment deployment, ReplicaSet set, List<ReplicaSet> sets) {
        List<ReplicaSet> old = others(sets, set);
        long revision = Math.max(Revisions.of(set), Revisions.next(old));
        RolloutPlan plan = plan(deployment);
        Map<String, String> wanted = Revisions.annotations(
                deployment, Revisions.annotations(set), revision, plan.desired(), plan.desired() + plan.maxSurge());
        if (wanted.equals(Revisions.annotations(set))) {
            return set;
        }
        return client.resource(new ReplicaSetBuilder(set)
                        .editMetadata()
                        .withAnnotations(wanted)
                        .endMetadata()
                        .build())
                .update();
    }

    private ReplicaSet scale(Deployment deployment, ReplicaSet set, int size) {
        RolloutPlan plan = plan(deployment);
        Map<String, String> sizes = Map.of(
                Revisions.DESIRED,
                String.valueOf(plan.desired()),
                Revisions.MOST,
                String.valueOf(plan.desired() + plan.maxSurge()));
        boolean isSized = Revisions.annotations(set).entrySet().containsAll(sizes.entrySet());
        if (replicas(set) == size && (isSized || size == 0)) {
            return set;
        }
        ReplicaSet scaled = client.resource(new ReplicaSetBuilder(set)
                        .editMetadata()
                        .addToAnnotations(sizes)
                        .endMetadata()
                        .editSpec()
                        .withReplicas(size)
                        .endSpec()
                        .build())
                .update();
        if (replicas(set) != size) {
            announce(deployment, set, replicas(set), size);
        }
        return scaled;
    }

    private void announce(Deployment deployment, ReplicaSet set, int from, int to) {
        events.event(
                deployment,
                EventRecorder.Type.NORMAL,
                "ScalingReplicaSet",
                "Scaled %s replica set %s from %d to %d"
                        .formatted(to > from ? "up" : "down", set.getMetadata().getName(), from, to));
    }

    private void dropHistory(Deployment deployment, List<ReplicaSet> sets, ReplicaSet fresh) {
        Integer limit = deployment.getSpec().getRevisionHistoryLimit();
        if (limit == null) {
            return;
        }
        List<ReplicaSet> idle = others(sets, fresh).stream()
                .filter(set -> replicas(set) == 0 && !Keys.isBeingDeleted(set))
                .filter(set -> set.getStatus() != null
                        && set.getStatus().getReplicas() != null
                        && set.getStatus().getReplicas() == 0)
                .sorted(Comparator.comparingLong(Revisions::of))
                .toList();
        idle.stream()
                .limit(Math.max(0, idle.size() - limit))
                .forEach(set -> client.resource(set).delete());
    }

    private List<ReplicaSet> claimed(Deployment deployment) {
        return informers.in(ReplicaSet.class, deployment.getMetadata().getNamespace()).stream()
                .filter(set -> Keys.controller(set)
                        .map(owner ->
                                owner.getUid().equals(deployment.getMetadata().getUid()))
                        .orElseGet(() -> Selectors.matches(
                                        deployment.getSpec().getSelector(),
                                        set.getMetadata().getLabels())
                                && !Keys.isBeingDeleted(deployment)
                                && !Keys.isBeingDeleted(set)))
                .map(set -> Keys.controller(set).isPresent() ? set : adopted(deployment, set))
                .sorted(Comparator.comparing(
                                (ReplicaSet set) -> set.getMetadata().getCreationTimestamp())
                        .thenComparing(set -> set.getMetadata().getName()))
                .toList();
    }

    private ReplicaSet adopted(Deployment deployment, ReplicaSet set) {
        return client.resource(new ReplicaSetBuilder(set)
                        .editMetadata()
                        .addToOwnerReferences(Keys.controlledBy(deployment))
                        .endMetadata()
                        .build())
                .update();
    }

    private static Optional<ReplicaSet> newest(Deployment deployment, List<ReplicaSet> sets) {
        return sets.stream()
                .filter(set -> TemplateHash.areEqual(
                        set.getSpec().getTemplate(), deployment.getSpec().getTemplate()))
                .findFirst();
    }

    private static List<ReplicaSet> others(List<ReplicaSet> sets, ReplicaSet one) {
        return sets.stream()
                .filter(set ->
                        !set.getMetadata().getUid().equals(one.getMetadata().getUid()))
                .toList();
    }

    private static RolloutPlan plan(Deployment deployment) {
        var rolling = deployment.getSpec().getStrategy().getRollingUpdate();
        return rolling == null
                ? new RolloutPlan(desired(deployment), 0, desired(deployment))
                : RolloutPlan.of(desired(deployment), rolling.getMaxSurge(), rolling.getMaxUnavailable());
    }

    private static List<Member> members(List<ReplicaSet> sets) {
        return sets.stream().map(DeploymentController::member).toList();
    }

    private static Member member(ReplicaSet set) {
        Integer available = set.getStatus() == null ? null : set.getStatus().getAvailableReplicas();
        return new Member(set.getMetadata().getName(), replicas(set), available == null ? 0 : available);
    }

    private static int replicas(ReplicaSet set) {
        return set.getSpec().getReplicas() == null ? 0 : set.getSpec().getReplicas();
    }

    private static int desired(Deployment deployment) {
        return deployment.getSpec().getReplicas() == null
                ? 1
                : deployment.getSpec().getReplicas();
    }
}
