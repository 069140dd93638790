package dev.longshore.controllers;

import static java.util.Objects.requireNonNullElse;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Keeps one pod of a DaemonSet on each node that it is for: does what [DaemonPlan] says.
final class DaemonSetController implements Reconciler {

    static final String NAME = "daemon-set-controller";

    private static final int WORKERS = 2;
    private static final int MOST_AT_ONCE = 250;

    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final Expectations expectations;
    private final WrittenVersions written;
    private final Claims claims;
    private final PodWrites writes;
    private final TemplateRevisions revisions;
    private final ReplacementBackoff backoff;

    private DaemonSetController(ControllerContext context) {
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
        this.expectations = new Expectations(context.time());
        this.written = new WrittenVersions(informers);
        this.claims = new Claims(client, written);
        this.writes = new PodWrites(client, events, expectations, written);
        this.revisions = new TemplateRevisions(client, informers);
        this.backoff = new ReplacementBackoff(context.time());
    }

    static Controller create(ControllerContext context) {
        var controller = new DaemonSetController(context);
        var loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        Informers informers = context.informers();
        informers.onChange(DaemonSet.class, set -> loop.queue().add(Keys.of(set)));
        // Nodes say every few seconds that they live: only what decides about pods is looked at.
        informers
                .of(Node.class)
                .addEventHandler(new NodeChanges(() -> informers
                        .all(DaemonSet.class)
                        .forEach(set -> loop.queue().add(Keys.of(set)))));
        informers
                .of(Pod.class)
                .addEventHandler(
                        new ChildEvents("DaemonSet", controller.expectations, loop.queue()::add, controller::orphaned));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<Duration> wait = written.untilSeen(key);
        if (wait.isPresent()) {
            return new Outcome.RetryAfter(wait.get());
        }
        Optional<DaemonSet> found = informers.find(DaemonSet.class, key);
        if (found.isEmpty()) {
            written.forget(key);
            return Outcome.done();
        }
        DaemonSet set = found.get();
        if (Selectors.isOfAll(set.getSpec().getSelector())) {
            events.event(
                    set,
                    EventRecorder.Type.WARNING,
                    "SelectingAll",
                    "This daemon set is selecting all pods. A non-empty selector is required.");
            return Outcome.done();
        }
        return Keys.isBeingDeleted(set) ? Outcome.done() : reconcile(set);
    }

    private Outcome reconcile(DaemonSet set) {
        List<Pod> pods = claims.claim(set, set.getSpec().getSelector(), informers.ownOrOrphaned(Pod.class, set));
        TemplateRevisions.Found history = revisions.find(set, pods);
        String hash = TemplateRevisions.hash(history.newest());
        Instant now = context.time().now();
        var nodes = new DaemonNodes(set, informers.all(Node.class), pods, hash, now);
        Optional<Duration> again = Optional.empty();
        Optional<KubernetesClientException> failure = Optional.empty();
        boolean isUpToDate = expectations.areMet(set.getMetadata().getUid());
        if (isUpToDate) {
            DaemonPlan plan = DaemonPlan.of(nodes, node -> backoff.tryNow(place(set, node)));
            failure = carryOut(set, plan, hash);
            again = plan.again();
            if (failure.isEmpty()) {
                revisions.dropHistory(
                        history.older(),
                        requireNonNullElse(set.getSpec().getRevisionHistoryLimit(), TemplateRevisions.DEFAULT_LIMIT),
                        hashes(pods));
            }
        }
        DaemonSetStatus status = DaemonStatuses.of(set, nodes, isUpToDate);
        if (history.collisions() > 0) {
            status.setCollisionCount(history.collisions());
        }
        updateStatus(set, status);
        if (failure.isPresent()) {
            throw failure.get();
        }
        return again.or(() -> Pods.untilAvailable(pods, set.getSpec().getMinReadySeconds(), now))
                .<Outcome>map(Outcome.RetryAfter::new)
                .orElseGet(Outcome::done);
    }

    /// A new template begins anew with failing.
    private static String place(DaemonSet set, String node) {
        Long generation = set.getStatus() == null ? null : set.getStatus().getObservedGeneration();
        return set.getMetadata().getUid() + "/" + requireNonNullElse(generation, 0L) + "/" + node;
    }

    private Optional<KubernetesClientException> carryOut(DaemonSet set, DaemonPlan plan, String hash) {
        plan.notes().forEach(note -> events.event(set, note.type(), note.reason(), note.message()));
        List<Pod> created = plan.create().stream()
                .limit(MOST_AT_ONCE)
                .map(node -> DaemonPods.podFor(set, node, hash))
                .toList();
        List<Pod> deleted = plan.delete().stream().limit(MOST_AT_ONCE).toList();
        SlowStart.Result creation = writes.create(set, created);
        SlowStart.Result deletion = writes.delete(set, deleted);
        return creation.failure().or(deletion::failure);
    }

    private void updateStatus(DaemonSet set, DaemonSetStatus status) {
        if (Objects.equals(status, set.getStatus())) {
            return;
        }
        try {
            written.wrote(
                    set,
                    client.resource(new DaemonSetBuilder(set).withStatus(status).build())
                            .updateStatus());
        } catch (KubernetesClientException late) {
            DaemonSet stored = client.resource(set).get();
            boolean isSame = stored != null
                    && stored.getMetadata().getUid().equals(set.getMetadata().getUid());
            if (!isSame) {
                throw late;
            }
            written.wrote(
                    set,
                    client.resource(new DaemonSetBuilder(stored)
                                    .withStatus(status)
                                    .build())
                            .updateStatus());
        }
    }

    /// The templates that any pod is of.
    private static Set<String> hashes(List<Pod> pods) {
        return pods.stream()
                .map(pod -> pod.getMetadata().getLabels().get(TemplateRevisions.LABEL))
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    /// Which sets might adopt `pod`.
    private List<String> orphaned(Pod pod) {
        return informers.in(DaemonSet.class, pod.getMetadata().getNamespace()).stream()
                .filter(set -> Selectors.matches(
                        set.getSpec().getSelector(), pod.getMetadata().getLabels()))
                .map(Keys::of)
                .toList();
    }
}
