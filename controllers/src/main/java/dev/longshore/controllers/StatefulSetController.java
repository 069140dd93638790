package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Keeps the named pods of a StatefulSet and their claims: does what [StatefulPlan] says.
final class StatefulSetController implements Reconciler {

    static final String NAME = "statefulset-controller";

    private static final int WORKERS = 2;

    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final WrittenVersions written;
    private final Claims claims;
    private final TemplateRevisions revisions;
    private final StatefulPodWrites writes;

    private StatefulSetController(ControllerContext context) {
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
        this.written = new WrittenVersions(informers);
        this.claims = new Claims(client, written);
        this.revisions = new TemplateRevisions(client, informers);
        this.writes = new StatefulPodWrites(client, informers, events, written);
        informers.of(PersistentVolumeClaim.class);
    }

    static Controller create(ControllerContext context) {
        var controller = new StatefulSetController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        context.informers().onChange(StatefulSet.class, set -> loop.queue().add(Keys.of(set)));
        // Pods have names that the server refuses twice, so nothing need be expected.
        context.informers()
                .of(Pod.class)
                .addEventHandler(new ChildEvents(
                        "StatefulSet", new Expectations(context.time()), loop.queue()::add, controller::orphaned));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<Duration> wait = written.untilSeen(key);
        if (wait.isPresent()) {
            return new Outcome.RetryAfter(wait.get());
        }
        Optional<StatefulSet> found = informers.find(StatefulSet.class, key);
        if (found.isEmpty()) {
            written.forget(key);
            return Outcome.done();
        }
        StatefulSet set = found.get();
        TemplateRevisions.Found history = revisions.find(set);
        ControllerRevision update = history.newest();
        ControllerRevision current = current(set, history).orElse(update);
        List<Pod> pods = claims.claim(
                set,
                pod -> Selectors.matches(
                                set.getSpec().getSelector(), pod.getMetadata().getLabels())
                        && StatefulPods.ordinal(set, pod).isPresent(),
                informers.ownOrOrphaned(Pod.class, set));
        Instant now = context.time().now();
        StatefulPlan plan = StatefulPlan.of(set, pods, name(current), name(update), history.collisions(), now);
        Optional<KubernetesClientException> failure =
                carryOut(set, plan, revision -> revision.equals(name(update)) ? update : current);
        updateStatus(set, plan.status());
        List<ControllerRevision> idle = idle(history, pods, current);
        revisions.dropHistory(idle, limit(set), Set.of());
        if (failure.isPresent()) {
            throw failure.get();
        }
        return Pods.untilAvailable(pods, set.getSpec().getMinReadySeconds(), now)
                .<Outcome>map(Outcome.RetryAfter::new)
                .orElseGet(Outcome::done);
    }

    private static Optional<ControllerRevision> current(StatefulSet set, TemplateRevisions.Found history) {
        String name = set.getStatus() == null ? null : set.getStatus().getCurrentRevision();
        return history.all().stream()
                .filter(revision -> name(revision).equals(name))
                .findFirst();
    }

    /// Part by part, as far as it goes.
    private Optional<KubernetesClientException> carryOut(
            StatefulSet set, StatefulPlan plan, Function<String, ControllerRevision> revisionOf) {
        Optional<KubernetesClientException> failure = each(set, plan.fill(), step -> {
            switch (step) {
                case StatefulPlan.Step.Create(int ordinal, String revision) ->
                    writes.create(
                            set,
                            StatefulPods.pod(
                                    set, TemplateRevisions.template(revisionOf.apply(revision)), revision, ordinal));
                case StatefulPlan.Step.Remove(Pod pod) -> writes.delete(set, pod);
                case StatefulPlan.Step.Tend tend -> writes.tend(set, tend);
            }
        });
        return failure.or(() -> each(set, plan.condemned(), pod -> writes.giveClaims(set, pod)))
                .or(() -> each(set, plan.withdraw(), pod -> writes.delete(set, pod)))
                .or(() -> each(set, plan.update(), pod -> writes.delete(set, pod)));
    }

    /// One after the other, or in growing batches where order does not matter.
    private static <T> Optional<KubernetesClientException> each(StatefulSet set, List<T> items, Consumer<T> write) {
        Function<T, Optional<KubernetesClientException>> tried = item -> {
            try {
                write.accept(item);
                return Optional.empty();
            } catch (KubernetesClientException refused) {
                return Optional.of(refused);
            }
        };
        if ("Parallel".equals(set.getSpec().getPodManagementPolicy())) {
            return SlowStart.inBatches(items, tried).failure();
        }
        return items.stream().map(tried).flatMap(Optional::stream).findFirst();
    }

    private void updateStatus(StatefulSet set, StatefulSetStatus status) {
        if (!Objects.equals(status, set.getStatus())) {
            written.wrote(
                    set,
                    client.resource(new StatefulSetBuilder(set)
                                    .withStatus(status)
                                    .build())
                            .updateStatus());
        }
    }

    private static List<ControllerRevision> idle(
            TemplateRevisions.Found history, List<Pod> pods, ControllerRevision current) {
        Set<String> inUse = pods.stream().map(StatefulPods::revision).collect(Collectors.toSet());
        return history.older().stream()
                .filter(revision -> !name(revision).equals(name(current)) && !inUse.contains(name(revision)))
                .toList();
    }

    private static int limit(StatefulSet set) {
        Integer limit = set.getSpec().getRevisionHistoryLimit();
        return limit == null ? TemplateRevisions.DEFAULT_LIMIT : limit;
    }

    private static String name(HasMetadata object) {
        return object.getMetadata().getName();
    }

    /// Which sets might adopt `pod`.
    private List<String> orphaned(Pod pod) {
        return informers.in(StatefulSet.class, pod.getMetadata().getNamespace()).stream()
                .filter(set -> Selectors.matches(
                                set.getSpec().getSelector(), pod.getMetadata().getLabels())
                        && StatefulPods.ordinal(set, pod).isPresent())
                .map(Keys::of)
                .toList();
    }
}
