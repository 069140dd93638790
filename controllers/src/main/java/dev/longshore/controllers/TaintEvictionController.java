package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Evicts pods that do not tolerate a `NoExecute` taint of their node: at once, or when they have tolerated it for as
/// long as they want to, counted from when it was first seen here.
///
/// ```
/// node's taints changed ──► each of its pods ──► now:    deleted
/// pod placed, tolerates otherwise ──────────┘    later:  kept in `due`, looked at again then
///                                                never:  taken out of `due`
/// ```
final class TaintEvictionController implements Reconciler {

    static final String NAME = "taint-eviction-controller";

    private static final String NODE = "node:";
    private static final int WORKERS = 8;

    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final Time time;
    private final Map<String, Due> due = new ConcurrentHashMap<>();
    private ControllerLoop loop;

    /// @param uid of the pod: one of the same name that comes later is another
    /// @param at when it is to go, by [Time#nanoTime]
    private record Due(String uid, long at) {}

    private TaintEvictionController(ControllerContext context) {
        this.informers = context.informers();
        // The original acts as the node controller does, too.
        this.client = context.clients().apply(NodeLifecycleController.NAME);
        this.events = context.events(NodeLifecycleController.NAME, NAME);
        this.time = context.time();
    }

    static Controller create(ControllerContext context) {
        var controller = new TaintEvictionController(context);
        controller.loop = new ControllerLoop(NAME, controller, WORKERS, context.time());
        context.informers().of(Node.class).addEventHandler(controller.new NodeEvents());
        context.informers().of(Pod.class).addEventHandler(controller.new PodEvents());
        return Controller.of(NAME, controller.loop, controller.events);
    }

    @Override
    public Outcome reconcile(String key) {
        if (key.startsWith(NODE)) {
            String node = key.substring(NODE.length());
            informers.all(Pod.class).stream()
                    .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                    .forEach(pod -> loop.queue().add(Keys.of(pod)));
            return Outcome.done();
        }
        Optional<Pod> pod = informers.find(Pod.class, key);
        if (pod.isEmpty()) {
            cancel(key);
            return Outcome.done();
        }
        return pod.filter(found -> !Keys.isBeingDeleted(found)).map(this::judge).orElseGet(Outcome::done);
    }

    private Outcome judge(Pod pod) {
        String key = Keys.of(pod);
        Due known = due.get(key);
        if (known != null && !known.uid.equals(pod.getMetadata().getUid())) {
            cancel(key);
            known = null;
        }
        Optional<Node> node =
                Optional.ofNullable(pod.getSpec().getNodeName()).flatMap(name -> informers.find(Node.class, name));
        if (node.isEmpty()) {
            // What was decided stays decided when the node goes altogether.
            return known == null ? Outcome.done() : wait(pod, known);
        }
        return switch (Patience.of(pod.getSpec().getTolerations(), executing(node.get()))) {
            case Patience.None() -> {
                cancel(key);
                evict(pod);
                yield Outcome.done();
            }
            case Patience.Endless() -> {
                cancel(key);
                yield Outcome.done();
            }
            case Patience.For(Duration span) -> {
                Due later = new Due(pod.getMetadata().getUid(), time.nanoTime() + span.toNanos());
                Due first = known != null ? known : later;
                due.put(key, first);
                yield wait(pod, first);
            }
        };
    }

    private Outcome wait(Pod pod, Due until) {
        Duration left = Duration.ofNanos(until.at - time.nanoTime());
        if (left.isPositive()) {
            return new Outcome.RetryAfter(left);
        }
        evict(pod);
        due.remove(Keys.of(pod));
        return Outcome.done();
    }

    private void cancel(String key) {
        if (due.remove(key) != null) {
            events.event(reference(key), Type.NORMAL, "TaintManagerEviction", "Cancelling deletion of Pod " + key);
        }
    }

    private void evict(Pod pod) {
        events.event(
                reference(Keys.of(pod)),
                Type.NORMAL,
                "TaintManagerEviction",
                "Marking for deletion Pod " + Keys.of(pod));
        DisruptionTarget.TAINTED.say(client, pod, time.now());
        client.resource(pod).delete();
    }

    /// Events tell of the pod by name: it may be gone by then.
    private static Pod reference(String key) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(Keys.namespace(key))
                .withName(Keys.name(key))
                .endMetadata()
                .build();
    }

    private static List<Taint> executing(Node node) {
        return node.getSpec().getTaints().stream()
                .filter(taint -> taint.getEffect().equals("NoExecute"))
                .toList();
    }

    private final class NodeEvents implements ResourceEventHandler<Node> {

        @Override
        public void onAdd(Node node) {
            if (!executing(node).isEmpty()) {
                loop.queue().add(NODE + Keys.of(node));
            }
        }

        @Override
        public void onUpdate(Node old, Node node) {
            if (!executing(old).equals(executing(node))) {
                loop.queue().add(NODE + Keys.of(node));
            }
        }

        @Override
        public void onDelete(Node node, boolean isStateUnknown) {
            // Its pods are the pod garbage collector's.
        }
    }

    private final class PodEvents implements ResourceEventHandler<Pod> {

        @Override
        public void onAdd(Pod pod) {
            heard(pod);
        }

        @Override
        public void onUpdate(Pod old, Pod pod) {
            if (!old.getSpec().getTolerations().equals(pod.getSpec().getTolerations())
                    || !Objects.equals(
                            old.getSpec().getNodeName(), pod.getSpec().getNodeName())) {
                heard(pod);
            }
        }

        @Override
        public void onDelete(Pod pod, boolean isStateUnknown) {
            if (due.containsKey(Keys.of(pod))) {
                loop.queue().add(Keys.of(pod));
            }
        }

        private void heard(Pod pod) {
            boolean isOnTainted = Optional.ofNullable(pod.getSpec().getNodeName())
                    .flatMap(name -> informers.find(Node.class, name))
                    .filter(node -> !executing(node).isEmpty())
                    .isPresent();
            if (isOnTainted || due.containsKey(Keys.of(pod))) {
                loop.queue().add(Keys.of(pod));
            }
        }
    }
}
