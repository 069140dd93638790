package dev.longshore.autoscaler;

import dev.longshore.scheduler.Feasibility;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Nodes and pods for tests.
final class Sample {

    static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    static final Feasibility RULES = Feasibility.standard();

    /// Every controller is there, with three replicas.
    static final Observation.Owners OWNERS = (namespace, owner) -> new Observation.Owners.State(true, 3);

    private Sample() {}

    /// A ready node of so many milli-cores and MiB, that has been there for an hour.
    static Node node(String name, int milliCores, int mebibytes) {
        return node(name, milliCores, mebibytes, node -> node);
    }

    static Node node(String name, int milliCores, int mebibytes, UnaryOperator<NodeBuilder> change) {
        Map<String, Quantity> size = Map.of(
                "cpu", new Quantity(milliCores + "m"),
                "memory", new Quantity(mebibytes + "Mi"),
                "pods", new Quantity("110"));
        return change.apply(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withUid("uid-" + name)
                        .withCreationTimestamp(NOW.minusSeconds(3600).toString())
                        .addToLabels("kubernetes.io/hostname", name)
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .withNewStatus()
                        .withCapacity(size)
                        .withAllocatable(size)
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .endCondition()
                        .endStatus())
                .build();
    }

    static NodeBuilder tainted(NodeBuilder node, String key, String value, String effect) {
        return node.editSpec()
                .addNewTaint()
                .withKey(key)
                .withValue(value)
                .withEffect(effect)
                .endTaint()
                .endSpec();
    }

    static Node unready(Node node) {
        return new NodeBuilder(node)
                .editStatus()
                .editFirstCondition()
                .withStatus("False")
                .endCondition()
                .endStatus()
                .build();
    }

    /// A pod of the ReplicaSet `owner` that the scheduler found no place for, a minute old.
    static Pod pending(String owner, int number, int milliCores, int mebibytes) {
        return pod(owner, number, milliCores, mebibytes)
                .editOrNewStatus()
                .withPhase("Pending")
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .endCondition()
                .endStatus()
                .build();
    }

    /// The same on a node.
    static Pod running(String owner, int number, int milliCores, int mebibytes, String node) {
        return pod(owner, number, milliCores, mebibytes)
                .editSpec()
                .withNodeName(node)
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .endStatus()
                .build();
    }

    static PodBuilder pod(String owner, int number, int milliCores, int mebibytes) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(owner + "-" + number)
                .withUid("uid-" + owner + "-" + number)
                .withCreationTimestamp(NOW.minusSeconds(60).toString())
                .addToLabels("app", owner)
                .addToOwnerReferences(owner("ReplicaSet", owner))
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("registry.example/" + owner)
                .withNewResources()
                .addToRequests("cpu", new Quantity(milliCores + "m"))
                .addToRequests("memory", new Quantity(mebibytes + "Mi"))
                .endResources()
                .endContainer()
                .endSpec();
    }

    static OwnerReference owner(String kind, String name) {
        return new OwnerReference(
                kind.equals("ReplicationController") ? "v1" : "apps/v1", true, true, kind, name, "uid-" + name);
    }

    static PodDisruptionBudget budget(String app, int allowed) {
        return new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(app)
                .endMetadata()
                .withNewSpec()
                .withSelector(
                        new LabelSelectorBuilder().addToMatchLabels("app", app).build())
                .endSpec()
                .withNewStatus()
                .withDisruptionsAllowed(allowed)
                .endStatus()
                .build();
    }

    static DaemonSet daemons(String name, int milliCores) {
        return new DaemonSetBuilder()
                .withNewMetadata()
                .withNamespace("kube-system")
                .withName(name)
                .withUid("uid-" + name)
                .endMetadata()
                .withNewSpec()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withNewResources()
                .addToRequests("cpu", new Quantity(milliCores + "m"))
                .endResources()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    static Observation cluster(List<Node> nodes, List<Pod> pods, PodDisruptionBudget... budgets) {
        return at(NOW, nodes, pods, budgets);
    }

    static Observation at(Instant now, List<Node> nodes, List<Pod> pods, PodDisruptionBudget... budgets) {
        return new Observation(now, nodes, pods, List.of(), List.of(budgets), OWNERS, RULES);
    }

    static NodeTemplate template(Node node) {
        return new NodeTemplate(node, List.of());
    }
}
