package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Keeps one pod of a DaemonSet on each node that it is for: does what [DaemonPlan] says.
final class DaemonSetController implements Reconciler {

    static final String NAME = "daemon-set-controller";

    private static final int WORKERS = 2;
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final Expectations expectations;
    private final PodClaims claims;
    private final PodWrites writes;
    private final TemplateRevisions revisions;
    private final ReplacementBackoff backoff;

    private DaemonSetController(ControllerContext context) {
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
        this.expectations = new Expectations(context.time());
        this.claims = new PodClaims(client);
        this.writes = new PodWrites(client, events, expectations);
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
                        new ChildEvents("DaemonSet", controller.expectations, loop.queue(), controller::orphaned));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<DaemonSet> found = informers.find(DaemonSet.class, key);
        if (found.isEmpty()) {
            expectations.forget(key);
            return Outcome.done();
        }
        DaemonSet set = found.get();
        if (Keys.isBeingDeleted(set)) {
            return Outcome.done();
        }
        boolean isUpToDate = expectations.areMet(key);
        String hash = TemplateRevisions.hash(revisions.newest(set, set.getSpec().getTemplate()));
        List<Pod> pods = claims.claim(
                set,
                set.getSpec().getSelector(),
                informers.in(Pod.class, set.getMetadata().getNamespace()));
        Instant now = context.time().now();
        DaemonPlan plan = DaemonPlan.of(set, informers.all(Node.class), pods, hash, now);
        Optional<Duration> again = isUpToDate ? carryOut(key, set, plan, hash) : Optional.empty();
        if (!Objects.equals(plan.status(), set.getStatus())) {
            client.resource(new DaemonSetBuilder(set).withStatus(plan.status()).build())
                    .updateStatus();
        }
        revisions.dropHistory(set, set.getSpec().getRevisionHistoryLimit(), inUse(pods, hash));
        return again.or(() -> Pods.untilAvailable(pods, set.getSpec().getMinReadySeconds(), now))
                .<Outcome>map(Outcome.RetryAfter::new)
                .orElseGet(Outcome::done);
    }

    private Optional<Duration> carryOut(String key, DaemonSet set, DaemonPlan plan, String hash) {
        Optional<Duration> again = Optional.empty();
        for (Pod pod : plan.delete()) {
            if (plan.failed().contains(pod)) {
                String node = DaemonPods.node(pod).orElse("");
                Duration wait = backoff.tryNow(set.getMetadata().getUid() + "/" + hash + "/" + node);
                if (wait.isPositive()) {
                    again = Optional.of(
                            again.filter(other -> other.compareTo(wait) < 0).orElse(wait));
                    continue;
                }
                events.event(
                        set,
                        EventRecorder.Type.WARNING,
                        "FailedDaemonPod",
                        "Found failed daemon pod %s on node %s, will try to kill it".formatted(Keys.of(pod), node));
            }
            writes.delete(key, set, pod);
        }
        List<Pod> created = plan.create().stream()
                .map(node -> DaemonPods.podFor(set, node, hash))
                .toList();
        return writes.create(key, set, created).isPresent() ? Optional.of(AFTER_FAILURE) : again;
    }

    private static Set<String> inUse(List<Pod> pods, String hash) {
        Set<String> inUse = new HashSet<>(Set.of(hash));
        pods.stream()
                .map(pod -> pod.getMetadata().getLabels().get(TemplateRevisions.LABEL))
                .filter(Objects::nonNull)
                .forEach(inUse::add);
        return inUse;
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
