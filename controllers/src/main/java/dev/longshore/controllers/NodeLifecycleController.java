package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Marks nodes that are no longer heard of, and taints those that are not ready. One worker: heartbeats are kept
/// without a lock.
final class NodeLifecycleController implements Reconciler {

    static final String NAME = "node-controller";

    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final String LEASES = "kube-node-lease";
    private static final Duration SOON = Duration.ofMillis(50);

    private final ControllerContext context;
    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final NodeHeartbeats heartbeats;
    private final ZoneEvictions zones;
    private final Map<String, Node> known = new HashMap<>();
    private boolean isAllSilent;

    private NodeLifecycleController(ControllerContext context) {
        this.context = context;
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.events = context.events(NAME);
        this.heartbeats = new NodeHeartbeats(context.time());
        this.zones = new ZoneEvictions(context.time());
        informers.of(Lease.class);
        informers.of(Pod.class);
    }

    static Controller create(ControllerContext context) {
        var controller = new NodeLifecycleController(context);
        var loop = new ControllerLoop(NAME, controller, 1, context.time());
        context.informers().onChange(Node.class, node -> loop.queue().add(Keys.of(node)));
        return Controller.of(NAME, loop, controller.events);
    }

    @Override
    public Outcome reconcile(String name) {
        Optional<Node> found = informers.find(Node.class, name);
        if (found.isEmpty()) {
            heartbeats.forget(name);
            Node gone = known.remove(name);
            if (gone != null) {
                tell(gone, "RemovingNode", "Node %1$s event: Removing Node %1$s from Controller");
            }
            return Outcome.done();
        }
        if (known.put(name, found.get()) == null) {
            tell(found.get(), "RegisteredNode", "Node %1$s event: Registered Node %1$s in Controller");
        }
        Node node = found.get();
        noteAwakening();
        boolean isNew = NodeTaints.ready(node).isEmpty();
        boolean isSilent = !heartbeats.heard(name, heartbeat(node), isNew).isPositive();
        // The informer may lag on a busy machine: before a node is called silent, the server is asked.
        if (isSilent && !heartbeats.heard(name, storedHeartbeat(node), isNew).isPositive()) {
            node = markedUnknown(node);
        }
        Optional<Map<String, String>> labels = SilentNode.labels(node);
        if (labels.isPresent()) {
            client.nodes()
                    .withName(name)
                    .edit(stored -> new NodeBuilder(stored)
                            .editMetadata()
                            .withLabels(SilentNode.labels(stored)
                                    .orElse(stored.getMetadata().getLabels()))
                            .endMetadata()
                            .build());
            // What comes next goes by the node as it is then.
            return new Outcome.RetryAfter(SOON);
        }
        withTaints(node);
        return new Outcome.RetryAfter(PERIOD);
    }

    private String heartbeat(Node node) {
        return heartbeat(
                node,
                informers.find(Lease.class, Keys.of(LEASES, node.getMetadata().getName())));
    }

    private String storedHeartbeat(Node node) {
        return heartbeat(
                node,
                Optional.ofNullable(client.leases()
                        .inNamespace(LEASES)
                        .withName(node.getMetadata().getName())
                        .get()));
    }

    private static String heartbeat(Node node, Optional<Lease> lease) {
        return lease.map(found -> String.valueOf(found.getSpec().getRenewTime()))
                        .orElse("")
                + NodeTaints.ready(node)
                        .map(NodeCondition::getLastHeartbeatTime)
                        .orElse("");
    }

    private Node markedUnknown(Node node) {
        List<NodeCondition> conditions =
                SilentNode.conditions(node, context.time().now());
        if (conditions.equals(SilentNode.said(node))) {
            return node;
        }
        Node marked = client.resource(new NodeBuilder(node)
                        .editOrNewStatus()
                        .withConditions(conditions)
                        .endStatus()
                        .build())
                .updateStatus();
        if (NodeTaints.isReady(node)) {
            tell(node, "NodeNotReady", "Node %s status is now: NodeNotReady");
            informers.all(Pod.class).stream()
                    .filter(pod ->
                            node.getMetadata().getName().equals(pod.getSpec().getNodeName()))
                    .filter(Pods::isReady)
                    .forEach(this::markUnready);
        }
        return marked;
    }

    private void tell(Node node, String reason, String message) {
        events.event(
                node,
                EventRecorder.Type.NORMAL,
                reason,
                message.formatted(node.getMetadata().getName()));
    }

    private void markUnready(Pod pod) {
        String now =
                Instant.ofEpochSecond(context.time().now().getEpochSecond()).toString();
        var conditions = pod.getStatus().getConditions().stream()
                .map(condition -> condition.getType().equals("Ready")
                        ? new PodConditionBuilder(condition)
                                .withStatus("False")
                                .withLastTransitionTime(now)
                                .build()
                        : condition)
                .toList();
        client.resource(new PodBuilder(pod)
                        .editStatus()
                        .withConditions(conditions)
                        .endStatus()
                        .build())
                .updateStatus();
        events.event(pod, EventRecorder.Type.WARNING, "NodeNotReady", "Node is not ready");
    }

    private void withTaints(Node node) {
        List<Taint> wanted = NodeTaints.wanted(node, context.time().now());
        if (wanted.stream().anyMatch(NodeTaints::empties) && !mayBeEmptied(node)) {
            wanted = wanted.stream().filter(taint -> !NodeTaints.empties(taint)).toList();
        }
        if (!wanted.equals(node.getSpec().getTaints())) {
            client.resource(new NodeBuilder(node)
                            .editSpec()
                            .withTaints(wanted)
                            .endSpec()
                            .build())
                    .update();
        }
    }

    /// One that is being emptied already goes on, unless no node anywhere is ready.
    private boolean mayBeEmptied(Node node) {
        List<Node> all = informers.all(Node.class);
        if (ZoneEvictions.areAllFull(all)) {
            isAllSilent = true;
            return false;
        }
        String zone = ZoneEvictions.zone(node);
        return node.getSpec().getTaints().stream().anyMatch(NodeTaints::empties)
                || zones.take(zone, ZoneEvictions.zones(all).getOrDefault(zone, List.of(node)));
    }

    /// When somebody is heard again after all were silent, the others get time to be.
    private void noteAwakening() {
        if (isAllSilent && !ZoneEvictions.areAllFull(informers.all(Node.class))) {
            isAllSilent = false;
            heartbeats.forgetAll();
        }
    }
}
