package dev.longshore.kubelet.csi;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.cluster.StorageApi;
import dev.longshore.kubelet.csi.proto.NodePublishVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodeServiceCapability.Rpc;
import dev.longshore.kubelet.csi.proto.NodeStageVolumeRequest;
import dev.longshore.kubelet.csi.proto.VolumeCapability;
import dev.longshore.kubelet.volumes.PodContext;
import dev.longshore.kubelet.volumes.VolumeException;
import dev.longshore.kubelet.volumes.VolumeGroup;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Has a driver make a volume stand: attached to the node, staged for it, published to a pod. The caller lets no two
/// threads deal with one volume of a driver.
final class CsiMounting {

    static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration ATTACH_LIMIT = Duration.ofSeconds(10);
    private static final Duration ATTACH_LOOK = Duration.ofMillis(200);

    private final String node;
    private final StorageApi storage;
    private final PublishContexts contexts;
    private final Time time;
    private final Set<Path> staged = ConcurrentHashMap.newKeySet();

    CsiMounting(String node, StorageApi storage, ConfigApi config, Time time) {
        this.node = requireNonNull(node, "node");
        this.storage = requireNonNull(storage, "storage");
        this.contexts = new PublishContexts(config);
        this.time = requireNonNull(time, "time");
    }

    /// One volume on its way to one pod.
    ///
    /// @param name what the pod calls it
    /// @param directory where its record is
    /// @param target where the pod is to find it
    /// @param staging where the node has it, if the driver does such
    record Order(PodContext pod, CsiSource source, String name, Path directory, Path target, Path staging) {}

    /// Whether the driver wants to be asked again and again, so that what it shows stays fresh.
    boolean isToBeRepeated(CsiSource source) {
        return storage.driver(source.driver())
                .map(rules -> Boolean.TRUE.equals(rules.getSpec().getRequiresRepublish()))
                .orElse(false);
    }

    /// All of it; what is done already may be done again, which drivers bear.
    void mount(CsiDrivers.Driver driver, Order order) throws IOException, InterruptedException {
        CsiSource source = order.source();
        Optional<CSIDriver> rules = storage.driver(source.driver());
        checkLife(source, rules);
        boolean isAttached = !source.isEphemeral()
                && rules.map(found -> !Boolean.FALSE.equals(found.getSpec().getAttachRequired()))
                        .orElse(true);
        Map<String, String> attached = isAttached ? attached(source) : Map.of();
        boolean isStaged = !source.isEphemeral() && driver.can(Rpc.Type.STAGE_UNSTAGE_VOLUME);
        new CsiRecord(
                        order.name(),
                        source.driver(),
                        source.handle(),
                        order.target().toString(),
                        isStaged ? order.staging().toString() : "",
                        isAttached)
                .write(order.directory());
        String group = driver.can(Rpc.Type.VOLUME_MOUNT_GROUP)
                ? VolumeGroup.of(order.pod()).map(String::valueOf).orElse("")
                : "";
        var capability = source.capability(group, driver.can(Rpc.Type.SINGLE_NODE_MULTI_WRITER));
        if (isStaged && !staged.contains(order.staging())) {
            stage(driver, order, capability, attached);
        }
        publish(driver, order, capability, attached, isStaged, rules);
        if (group.isEmpty() && givesToGroup(source, rules)) {
            VolumeGroup.give(order.pod(), order.target(), source.readOnly());
        }
        Files.writeString(order.directory().resolve("published"), "");
    }

    private void stage(CsiDrivers.Driver driver, Order order, VolumeCapability capability, Map<String, String> attached)
            throws IOException, InterruptedException {
        CsiSource source = order.source();
        Files.createDirectories(order.staging());
        driver.client()
                .call(
                        CsiCalls.STAGE,
                        NodeStageVolumeRequest.newBuilder()
                                .setVolumeId(source.handle())
                                .putAllPublishContext(attached)
                                .setStagingTargetPath(order.staging().toString())
                                .setVolumeCapability(capability)
                                .putAllSecrets(contexts.secret("NodeStageSecretRef", source.stageSecret()))
                                .putAllVolumeContext(source.attributes())
                                .build(),
                        LIMIT);
        staged.add(order.staging());
    }

    private void publish(
            CsiDrivers.Driver driver,
            Order order,
            VolumeCapability capability,
            Map<String, String> attached,
            boolean isStaged,
            Optional<CSIDriver> rules)
            throws IOException, InterruptedException {
        CsiSource source = order.source();
        Files.createDirectories(order.target().getParent());
        PublishContexts.Context context = contexts.of(order.pod(), source, rules);
        driver.client()
                .call(
                        CsiCalls.PUBLISH,
                        NodePublishVolumeRequest.newBuilder()
                                .setVolumeId(source.handle())
                                .putAllPublishContext(attached)
                                .setStagingTargetPath(isStaged ? order.staging().toString() : "")
                                .setTargetPath(order.target().toString())
                                .setVolumeCapability(capability)
                                .setReadonly(source.readOnly())
                                .putAllSecrets(context.secrets())
                                .putAllVolumeContext(context.attributes())
                                .build(),
                        LIMIT);
    }

    /// The node is to have it no more.
    void forget(Path staging) {
        staged.remove(staging);
    }

    private static void checkLife(CsiSource source, Optional<CSIDriver> rules) {
        String life = source.isEphemeral() ? "Ephemeral" : "Persistent";
        var lives = rules.map(found -> found.getSpec().getVolumeLifecycleModes())
                .filter(modes -> !modes.isEmpty())
                .orElse(List.of("Persistent"));
        if (!lives.contains(life)) {
            throw new VolumeException("volume mode \"%s\" not supported by driver %s (only supports %s)"
                    .formatted(life, source.driver(), lives));
        }
    }

    private static boolean givesToGroup(CsiSource source, Optional<CSIDriver> rules) {
        String policy = rules.map(found -> found.getSpec().getFsGroupPolicy()).orElse("ReadWriteOnceWithFSType");
        return switch (policy) {
            case "None" -> false;
            case "File" -> !source.isBlock();
            default ->
                !source.isBlock()
                        && !source.fsType().isEmpty()
                        && (source.accessMode().equals("ReadWriteOnce")
                                || source.accessMode().equals("ReadWriteOncePod"));
        };
    }

    /// Waits for a while until the volume is attached to this node; what the driver's controller says of it is handed
    /// on.
    private Map<String, String> attached(CsiSource source) throws InterruptedException {
        String name = Attachments.name(source.handle(), source.driver(), node);
        var deadline = time.now().plus(ATTACH_LIMIT);
        while (true) {
            Optional<VolumeAttachment> found = storage.attachment(name);
            if (found.isPresent()
                    && found.get().getStatus() != null
                    && Boolean.TRUE.equals(found.get().getStatus().getAttached())) {
                var metadata = found.get().getStatus().getAttachmentMetadata();
                return metadata == null ? Map.of() : metadata;
            }
            if (!time.now().isBefore(deadline)) {
                throw new VolumeException("volume attachment is being waited for: "
                        + found.map(CsiMounting::problem)
                                .orElse("volumeattachments.storage.k8s.io \"%s\" not found".formatted(name)));
            }
            time.sleep(ATTACH_LOOK);
        }
    }

    private static String problem(VolumeAttachment attachment) {
        boolean isTold =
                attachment.getStatus() != null && attachment.getStatus().getAttachError() != null;
        return isTold
                ? attachment.getStatus().getAttachError().getMessage()
                : "the driver's controller has not attached it yet";
    }
}
