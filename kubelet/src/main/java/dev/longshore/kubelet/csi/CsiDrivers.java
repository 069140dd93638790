package dev.longshore.kubelet.csi;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Json;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.kubelet.cluster.NodeApi;
import dev.longshore.kubelet.cluster.StorageApi;
import dev.longshore.kubelet.csi.proto.NodeGetCapabilitiesRequest;
import dev.longshore.kubelet.csi.proto.NodeGetInfoRequest;
import dev.longshore.kubelet.csi.proto.NodeGetInfoResponse;
import dev.longshore.kubelet.csi.proto.NodeServiceCapability.Rpc;
import dev.longshore.kubelet.plugins.PluginException;
import dev.longshore.kubelet.plugins.PluginKind;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.storage.CSINode;
import io.fabric8.kubernetes.api.model.storage.CSINodeBuilder;
import io.fabric8.kubernetes.api.model.storage.CSINodeDriver;
import io.fabric8.kubernetes.api.model.storage.CSINodeDriverBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// The storage drivers that have registered on this node. The cluster is told of each: by the node's CSINode, by an
/// annotation with what the driver calls the node, and by labels that say where the driver finds it to be.
public final class CsiDrivers implements PluginKind, AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final String NODE_IDS = "csi.volume.kubernetes.io/nodeid";

    private final String node;
    private final StorageApi storage;
    private final NodeApi nodes;
    private final Map<String, Driver> drivers = new ConcurrentHashMap<>();

    /// Of the node called `node`.
    public CsiDrivers(String node, StorageApi storage, NodeApi nodes) {
        this.node = requireNonNull(node, "node");
        this.storage = requireNonNull(storage, "storage");
        this.nodes = requireNonNull(nodes, "nodes");
    }

    /// A driver, and what it can do.
    record Driver(String name, GrpcClient client, Set<Rpc.Type> abilities) {
        boolean can(Rpc.Type ability) {
            return abilities.contains(ability);
        }
    }

    @Override
    public String type() {
        return "CSIPlugin";
    }

    @Override
    public void register(String name, Path endpoint, List<String> versions) throws InterruptedException {
        if (versions.stream().noneMatch(version -> version.matches("v?1(\\..*)?"))) {
            throw new PluginException("none of the CSI versions reported by this driver are supported");
        }
        GrpcClient client = GrpcClient.to(endpoint);
        boolean done = false;
        try {
            NodeGetInfoResponse info = client.call(CsiCalls.GET_INFO, NodeGetInfoRequest.getDefaultInstance(), LIMIT);
            if (info.getNodeId().isEmpty()) {
                throw new PluginException("the driver does not say what it calls this node");
            }
            var abilities = new HashSet<Rpc.Type>();
            client.call(CsiCalls.CAPABILITIES, NodeGetCapabilitiesRequest.getDefaultInstance(), LIMIT)
                    .getCapabilitiesList()
                    .forEach(ability -> abilities.add(ability.getRpc().getType()));
            tell(name, info);
            Driver before = drivers.put(name, new Driver(name, client, Set.copyOf(abilities)));
            if (before != null) {
                before.client().close();
            }
            done = true;
        } catch (KubernetesClientException refused) {
            throw new PluginException("the cluster could not be told: " + refused.getMessage());
        } finally {
            if (!done) {
                client.close();
            }
        }
    }

    @Override
    public void deregister(String name, Path endpoint) {
        Driver gone = drivers.remove(name);
        if (gone != null) {
            gone.client().close();
        }
        try {
            storage.changeNode(present -> with(present, name, Stream.empty()));
        } catch (KubernetesClientException unheard) {
            // It will be told anew when the driver comes back; until then nothing of it can be used anyway.
            return;
        }
    }

    /// The driver called `name`, if it is here.
    Optional<Driver> find(String name) {
        return Optional.ofNullable(drivers.get(name));
    }

    /// Those that are here.
    Set<String> names() {
        return Set.copyOf(drivers.keySet());
    }

    /// Tells the cluster what the driver `name`, if it is here still, says of the node now.
    void refresh(String name) throws InterruptedException {
        Driver driver = drivers.get(name);
        if (driver != null) {
            announce(name, driver.client().call(CsiCalls.GET_INFO, NodeGetInfoRequest.getDefaultInstance(), LIMIT));
        }
    }

    private void tell(String name, NodeGetInfoResponse info) {
        Map<String, String> segments = info.getAccessibleTopology().getSegmentsMap();
        Optional<Node> present = nodes.get(node);
        Map<String, String> annotations =
                present.map(found -> found.getMetadata().getAnnotations()).orElse(Map.of());
        ObjectNode ids =
                annotations.containsKey(NODE_IDS) ? (ObjectNode) Json.parse(annotations.get(NODE_IDS)) : Json.object();
        ids.put(name, info.getNodeId());
        ObjectNode patch = Json.object();
        ObjectNode metadata = patch.putObject("metadata");
        metadata.putObject("annotations").put(NODE_IDS, ids.toString());
        ObjectNode labels = metadata.putObject("labels");
        segments.forEach(labels::put);
        nodes.patch(node, patch);
        announce(name, info);
    }

    private void announce(String name, NodeGetInfoResponse info) {
        Map<String, String> segments = info.getAccessibleTopology().getSegmentsMap();
        var driver = new CSINodeDriverBuilder()
                .withName(name)
                .withNodeID(info.getNodeId())
                .withTopologyKeys(segments.keySet().stream().sorted().toList());
        if (info.getMaxVolumesPerNode() > 0) {
            driver.withNewAllocatable((int) Math.min(Integer.MAX_VALUE, info.getMaxVolumesPerNode()));
        }
        storage.changeNode(found -> with(found, name, Stream.of(driver.build())));
    }

    private static CSINode with(CSINode present, String name, Stream<CSINodeDriver> driver) {
        List<CSINodeDriver> others = present.getSpec().getDrivers().stream()
                .filter(other -> !other.getName().equals(name))
                .toList();
        return new CSINodeBuilder(present)
                .editSpec()
                .withDrivers(Stream.concat(others.stream(), driver).toList())
                .endSpec()
                .build();
    }

    @Override
    public void close() {
        drivers.values().forEach(driver -> driver.client().close());
    }
}
