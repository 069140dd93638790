package dev.longshore.server;

import dev.longshore.autoscaler.ClusterAutoscaler;
import dev.longshore.autoscaler.NodeGroup;
import dev.longshore.autoscaler.NodeProvider;
import dev.longshore.base.Time;
import dev.longshore.client.Informers;
import dev.longshore.http.HttpServer;
import dev.longshore.kubelet.KubeletConfig;
import dev.longshore.model.UserInfo;
import dev.longshore.server.config.HollowGroup;
import dev.longshore.server.config.HollowScale;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;

/// Groups of hollow nodes, and the cluster autoscaler over them. Nodes of groups that are no longer there are removed
/// from the cluster at the start, those of an earlier run are taken up again.
final class HollowScaling implements NodeProvider, HollowNodeGroup.Maker, AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";

    private final ControlPlane plane;
    private final HollowScale config;
    private final Path root;
    private final HttpServer.Tls tls;
    private final boolean isAlone;
    private final Time time;
    private final KubernetesClient nodes;
    private final List<HollowNodeGroup> groups;
    private final Steps steps = new Steps();

    /// @param root where nodes keep what they must keep
    /// @param tls of the kubelets' ports
    /// @param isAlone whether no other server has groups in this cluster
    HollowScaling(ControlPlane plane, HollowScale config, Path root, HttpServer.Tls tls, boolean isAlone, Time time) {
        this.plane = plane;
        this.config = config;
        this.root = root;
        this.tls = tls;
        this.isAlone = isAlone;
        this.time = time;
        // As a cloud's controller manager does it: nodes whose machines are gone are deleted.
        this.nodes = plane.client(UserInfo.serviceAccount("kube-system", "node-controller", ""));
        this.groups = config.groups().stream()
                .map(group -> new HollowNodeGroup(group, this, time))
                .toList();
    }

    /// Starts the nodes and, if there is a group, the autoscaler.
    void start(Informers informers) {
        List<String> present = nodes.nodes().withLabel(HollowNodeGroup.LABEL).list().getItems().stream()
                .map(node -> node.getMetadata().getName())
                .toList();
        var known = config.groups().stream().map(HollowGroup::name).toList();
        for (HollowNodeGroup group : groups) {
            steps.started("hollow group " + group.id(), group);
            List<String> own = present.stream()
                    .filter(name -> name.matches(group.id() + "-[0-9]+"))
                    .toList();
            group.begin(own).forEach(this::forget);
        }
        present.stream()
                .filter(_ -> isAlone)
                .filter(name -> known.stream().noneMatch(group -> name.matches(group + "-[0-9]+")))
                .forEach(this::forget);
        if (!groups.isEmpty()) {
            var autoscaler = steps.started(
                    "cluster autoscaler",
                    new ClusterAutoscaler(
                            plane.client(UserInfo.serviceAccount("kube-system", ClusterAutoscaler.NAME, "")),
                            informers,
                            this,
                            config.options(),
                            time,
                            new SecureRandom()));
            autoscaler.start();
        }
    }

    /// Removes all nodes from the cluster, for good; after [#close].
    void clear() {
        nodes.nodes()
                .withLabel(HollowNodeGroup.LABEL)
                .list()
                .getItems()
                .forEach(node -> forget(node.getMetadata().getName()));
    }

    @Override
    public List<NodeGroup> groups() {
        return List.copyOf(groups);
    }

    @Override
    public Set<String> groupLabels() {
        return Set.of(HollowNodeGroup.LABEL);
    }

    @Override
    public HollowNode start(String name, HollowGroup group) throws IOException {
        var node = new HollowNode(
                KubeletConfig.hollow(name, LOOPBACK, root.resolve(name), group.size())
                        .withLabels(HollowNodeGroup.labels(group))
                        .withTaints(group.taints())
                        .withMaxPods(group.pods()),
                plane.client(UserInfo.of("system:node:" + name, "system:nodes")),
                tls,
                time);
        node.start();
        return node;
    }

    @Override
    public void forget(String name) {
        nodes.nodes().withName(name).delete();
        plane.release("system:node:" + name);
    }

    @Override
    public void close() {
        steps.close();
    }
}
