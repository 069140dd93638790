package dev.longshore.kubelet;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.kubelet.claims.ClaimDrivers;
import dev.longshore.kubelet.claims.ClaimHealth;
import dev.longshore.kubelet.claims.ClaimListing;
import dev.longshore.kubelet.claims.ClaimUpkeep;
import dev.longshore.kubelet.claims.ClaimedDevices;
import dev.longshore.kubelet.claims.PodClaims;
import dev.longshore.kubelet.cluster.ClientClaims;
import dev.longshore.kubelet.cluster.ClientNodes;
import dev.longshore.kubelet.cluster.ClientStorage;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.csi.AllocatableUpkeep;
import dev.longshore.kubelet.csi.CsiDrivers;
import dev.longshore.kubelet.csi.CsiVolumes;
import dev.longshore.kubelet.csi.NodeAnnouncement;
import dev.longshore.kubelet.devices.ContainerDevices;
import dev.longshore.kubelet.devices.DevicePlugins;
import dev.longshore.kubelet.devices.ExtendedResources;
import dev.longshore.kubelet.devices.PluginDevices;
import dev.longshore.kubelet.devices.PodResourcesService;
import dev.longshore.kubelet.devices.RegisteredDevices;
import dev.longshore.kubelet.plugins.PluginRegistry;
import dev.longshore.kubelet.pods.PodSnapshot;
import dev.longshore.kubelet.topology.HostTopology;
import dev.longshore.kubelet.volumes.VolumeDriver;
import dev.longshore.linux.DirectMounts;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All that comes to the node from outside over sockets below the kubelet's directory:
///
/// ```
/// device-plugins/kubelet.sock   device plugins register here
/// plugins_registry/             sockets of plugins that the kubelet finds
/// pod-resources/kubelet.sock    who has which device
/// ```
final class NodePlugins implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NodePlugins.class);

    private final Optional<Parts> parts;
    private Supplier<List<PodSnapshot>> pods = List::of;
    private BooleanSupplier known = () -> false;
    private Optional<GrpcServer> listing = Optional.empty();

    private NodePlugins(Optional<Parts> parts) {
        this.parts = parts;
    }

    private record Parts(
            Path root,
            DevicePlugins devices,
            ContainerDevices given,
            CsiDrivers drivers,
            CsiVolumes volumes,
            NodeAnnouncement announcement,
            AllocatableUpkeep allocatable,
            ClaimDrivers claimDrivers,
            PodClaims claims,
            ClaimUpkeep upkeep,
            PluginRegistry registry) {}

    /// Of a node that has none.
    static NodePlugins none() {
        return new NodePlugins(Optional.empty());
    }

    /// Below the kubelet's directory.
    static NodePlugins of(KubeletConfig config, KubernetesClient client, ConfigApi references, Time time) {
        Path root = config.root().toAbsolutePath();
        var devices = new DevicePlugins(root.resolve("device-plugins"), time);
        var storage = new ClientStorage(client, config.nodeName());
        var drivers = new CsiDrivers(config.nodeName(), storage, new ClientNodes(client));
        var volumes = new CsiVolumes(root, config.nodeName(), drivers, storage, references, DirectMounts.host(), time);
        var health = new ClaimHealth(time);
        var claimDrivers = new ClaimDrivers(health);
        var claimApi = new ClientClaims(client, config.nodeName());
        var claims = new PodClaims(claimDrivers, claimApi, root);
        var registry = new PluginRegistry(
                root.resolve("plugins_registry"), List.of(new RegisteredDevices(devices), drivers, claimDrivers), time);
        return new NodePlugins(Optional.of(new Parts(
                root,
                devices,
                new ClaimedDevices(
                        new PluginDevices(
                                devices, HostTopology.current().distances().all()),
                        claims,
                        health),
                drivers,
                volumes,
                new NodeAnnouncement(config.nodeName(), storage, new ClientNodes(client), time),
                new AllocatableUpkeep(drivers, storage, time),
                claimDrivers,
                claims,
                new ClaimUpkeep(claimDrivers, claims, claimApi, time),
                registry)));
    }

    /// Further kinds of volumes.
    List<VolumeDriver> volumeDrivers() {
        return parts.<List<VolumeDriver>>map(these -> List.of(these.volumes())).orElse(List.of());
    }

    /// What of attachable volumes pods use, as the controller that attaches them calls it.
    Set<String> volumesInUse() {
        return parts.map(these -> these.volumes().inUse()).orElse(Set.of());
    }

    /// What the node has beyond what its machine has.
    ExtendedResources extendedResources() {
        return parts.<ExtendedResources>map(Parts::devices).orElse(ExtendedResources.NONE);
    }

    /// What its pods may have.
    ContainerDevices devices() {
        return parts.map(Parts::given).orElse(ContainerDevices.NONE);
    }

    /// Whose devices are told of: `all` that there are, once `isKnown`.
    void serve(Supplier<List<PodSnapshot>> all, BooleanSupplier isKnown) {
        pods = all;
        known = isKnown;
    }

    /// Opens the sockets; where one cannot be opened, the node does without and says so.
    void start() {
        parts.ifPresent(these -> {
            try {
                these.devices().start();
                these.claims().load();
                these.registry().start();
                these.upkeep().start(this::alive);
                these.announcement().start();
                these.allocatable().start();
                Path directory = Files.createDirectories(these.root().resolve("pod-resources"));
                listing = Optional.of(GrpcServer.listen(
                        directory.resolve("kubelet.sock"),
                        List.of(new PodResourcesService(
                                        these.devices(),
                                        (pod, container) -> ClaimListing.of(these.claims(), pod, container),
                                        () -> pods.get().stream()
                                                .map(PodSnapshot::pod)
                                                .toList())
                                .service())));
            } catch (IOException failure) {
                log.error("the kubelet's sockets for plugins cannot be opened", failure);
            }
        });
    }

    /// The uids of all pods, once they are known.
    private Optional<Set<String>> alive() {
        return known.getAsBoolean()
                ? Optional.of(pods.get().stream()
                        .map(snapshot -> snapshot.pod().getMetadata().getUid())
                        .collect(Collectors.toSet()))
                : Optional.empty();
    }

    @Override
    public void close() {
        listing.ifPresent(GrpcServer::close);
        parts.ifPresent(these -> {
            these.registry().close();
            these.upkeep().close();
            these.announcement().close();
            these.allocatable().close();
            these.claimDrivers().close();
            these.drivers().close();
            these.devices().close();
        });
    }
}
