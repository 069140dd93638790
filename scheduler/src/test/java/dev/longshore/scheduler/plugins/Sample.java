package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Nodes and pods for the tests of rules.
final class Sample {

    static final String ZONE = "topology.kubernetes.io/zone";
    static final String HOST = "kubernetes.io/hostname";

    private Sample() {}

    /// A node with four processors and 8 GiB; an empty zone is none.
    static NodeView node(String name, String zone, PodView... pods) {
        var node = new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels(HOST, name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .addToAllocatable("cpu", new Quantity("4"))
                .addToAllocatable("memory", new Quantity("8Gi"))
                .addToAllocatable("pods", new Quantity("3"))
                .endStatus();
        if (!zone.isEmpty()) {
            node.editMetadata().addToLabels(ZONE, zone).endMetadata();
        }
        return NodeView.of(node.build(), List.of(pods));
    }

    /// A pod labelled `app=<app>`.
    static PodView pod(String app) {
        return pod(app, pod -> pod);
    }

    static PodView pod(String app, UnaryOperator<PodBuilder> change) {
        var pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(app)
                .withUid("uid-" + app)
                .addToLabels("app", app)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("registry.example/" + app)
                .withNewResources()
                .endResources()
                .endContainer()
                .endSpec();
        return PodView.of(change.apply(pod).build());
    }

    static PodView asking(String cpu, String memory) {
        return pod(
                "web",
                pod -> pod.editSpec()
                        .editFirstContainer()
                        .editResources()
                        .withRequests(Map.of("cpu", new Quantity(cpu), "memory", new Quantity(memory)))
                        .endResources()
                        .endContainer()
                        .endSpec());
    }

    static LabelSelector app(String name) {
        return new LabelSelectorBuilder().addToMatchLabels("app", name).build();
    }
}
