package dev.longshore.kubelet.csi;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.cluster.StorageApi;
import dev.longshore.kubelet.csi.proto.NodePublishVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodeServiceCapability.Rpc;
import dev.longshore.kubelet.csi.proto.NodeStageVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodeUnpublishVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodeUnstageVolumeRequest;
import dev.longshore.kubelet.plugins.GoStatus;
import dev.longshore.kubelet.volumes.MountedVolume;
import dev.longshore.kubelet.volumes.PodContext;
import dev.longshore.kubelet.volumes.Trees;
import dev.longshore.kubelet.volumes.VolumeDriver;
import dev.longshore.kubelet.volumes.VolumeException;
import dev.longshore.kubelet.volumes.VolumeGroup;
import dev.longshore.kubelet.volumes.Wanted;
import dev.longshore.linux.DirectMounts;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// Volumes of drivers. A volume is staged once for the node and published once for each pod; what is in place can be
/// told from its record and from the mounts there are, so the next kubelet finds it again.
///
/// ```
/// ROOT/pods/UID/volumes/kubernetes.io~csi/NAME/vol_data.json, mount
/// ROOT/plugins/kubernetes.io/csi/DRIVER/DIGEST/globalmount
/// ROOT/plugins/kubernetes.io/csi/volumeDevices/publish/NAME/UID       block devices
/// ```
public final class CsiVolumes implements VolumeDriver {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration ATTACH_LIMIT = Duration.ofSeconds(10);
    private static final Duration ATTACH_LOOK = Duration.ofMillis(200);

    private final Path root;
    private final String node;
    private final CsiDrivers drivers;
    private final StorageApi storage;
    private final PublishContexts contexts;
    private final DirectMounts mounts;
    private final Time time;
    /// One call about a volume of a driver at a time, whichever pods want it.
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final Set<Path> inPlace = ConcurrentHashMap.newKeySet();

    /// Below `root`, the kubelet's directory, on the node called `node`.
    public CsiVolumes(
            Path root,
            String node,
            CsiDrivers drivers,
            StorageApi storage,
            ConfigApi config,
            DirectMounts mounts,
            Time time) {
        this.root = requireNonNull(root, "root");
        this.node = requireNonNull(node, "node");
        this.drivers = requireNonNull(drivers, "drivers");
        this.storage = requireNonNull(storage, "storage");
        this.contexts = new PublishContexts(config);
        this.mounts = requireNonNull(mounts, "mounts");
        this.time = requireNonNull(time, "time");
    }

    @Override
    public boolean provides(Wanted wanted) {
        return wanted.persistent()
                .map(volume -> volume.getSpec().getCsi() != null)
                .orElseGet(() -> wanted.volume().getCsi() != null);
    }

    @Override
    public MountedVolume mount(PodContext pod, Wanted wanted) throws InterruptedException {
        CsiSource source = CsiSource.of(wanted, pod.namespace(), ownHandle(pod, wanted));
        Path directory = CsiRecord.of(podsDirectory().resolve(pod.uid())).resolve(wanted.name());
        Path target = source.isBlock()
                ? root.resolve("plugins/kubernetes.io/csi/volumeDevices/publish")
                        .resolve(wanted.name())
                        .resolve(pod.uid())
                : directory.resolve("mount");
        MountedVolume result = source.isBlock()
                ? new MountedVolume.Device(target, source.readOnly())
                : new MountedVolume.Files(target, source.readOnly());
        if (isInPlace(directory, target)) {
            return result;
        }
        ReentrantLock lock = lock(source.driver(), source.handle());
        lock.lockInterruptibly();
        try {
            publish(pod, wanted, source, directory, target);
            inPlace.add(directory);
            return result;
        } catch (GrpcException refused) {
            throw new VolumeException(GoStatus.said(refused));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            lock.unlock();
        }
    }

    /// So is what another kubelet put there, unless the host was down since.
    private boolean isInPlace(Path directory, Path target) {
        if (inPlace.contains(directory)) {
            return true;
        }
        try {
            boolean stands = CsiRecord.read(directory).isPresent()
                    && Files.exists(directory.resolve("published"))
                    && !mounts.under(target).isEmpty();
            if (stands) {
                inPlace.add(directory);
            }
            return stands;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void publish(PodContext pod, Wanted wanted, CsiSource source, Path directory, Path target)
            throws IOException, InterruptedException {
        CsiDrivers.Driver driver = driver(source.driver());
        Optional<CSIDriver> rules = storage.driver(source.driver());
        checkLife(source, rules);
        boolean isAttached = !source.isEphemeral()
                && rules.map(found -> !Boolean.FALSE.equals(found.getSpec().getAttachRequired()))
                        .orElse(true);
        Map<String, String> attached = isAttached ? attached(source) : Map.of();
        boolean isStaged = !source.isEphemeral() && driver.can(Rpc.Type.STAGE_UNSTAGE_VOLUME);
        Path staged = staging(source, wanted);
        new CsiRecord(
                        source.driver(),
                        source.handle(),
                        target.toString(),
                        isStaged ? staged.toString() : "",
                        isAttached)
                .write(directory);
        String group = driver.can(Rpc.Type.VOLUME_MOUNT_GROUP)
                ? VolumeGroup.of(pod).map(String::valueOf).orElse("")
                : "";
        var capability = source.capability(group, driver.can(Rpc.Type.SINGLE_NODE_MULTI_WRITER));
        if (isStaged && !inPlace.contains(staged)) {
            Files.createDirectories(staged);
            driver.client()
                    .call(
                            CsiCalls.STAGE,
                            NodeStageVolumeRequest.newBuilder()
                                    .setVolumeId(source.handle())
                                    .putAllPublishContext(attached)
                                    .setStagingTargetPath(staged.toString())
                                    .setVolumeCapability(capability)
                                    .putAllSecrets(contexts.secret(source.stageSecret()))
                                    .putAllVolumeContext(source.attributes())
                                    .build(),
                            LIMIT);
            inPlace.add(staged);
        }
        Files.createDirectories(target.getParent());
        PublishContexts.Context context = contexts.of(pod, source, rules);
        driver.client()
                .call(
                        CsiCalls.PUBLISH,
                        NodePublishVolumeRequest.newBuilder()
                                .setVolumeId(source.handle())
                                .putAllPublishContext(attached)
                                .setStagingTargetPath(isStaged ? staged.toString() : "")
                                .setTargetPath(target.toString())
                                .setVolumeCapability(capability)
                                .setReadonly(source.readOnly())
                                .putAllSecrets(context.secrets())
                                .putAllVolumeContext(context.attributes())
                                .build(),
                        LIMIT);
        if (group.isEmpty() && givesToGroup(source, rules)) {
            VolumeGroup.give(pod, target, source.readOnly());
        }
        Files.writeString(directory.resolve("published"), "");
    }

    private CsiDrivers.Driver driver(String name) {
        return drivers.find(name)
                .orElseThrow(() -> new VolumeException(
                        "driver name %s not found in the list of registered CSI drivers".formatted(name)));
    }

    private static void checkLife(CsiSource source, Optional<CSIDriver> rules) {
        String life = source.isEphemeral() ? "Ephemeral" : "Persistent";
        var lives = rules.map(found -> found.getSpec().getVolumeLifecycleModes())
                .filter(modes -> !modes.isEmpty())
                .orElse(java.util.List.of("Persistent"));
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
                        + found.map(CsiVolumes::problem)
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

    @Override
    public void unmount(String podUid) throws InterruptedException {
        try {
            for (Path directory : CsiRecord.list(CsiRecord.of(podsDirectory().resolve(podUid)))) {
                Optional<CsiRecord> record = CsiRecord.read(directory);
                if (record.isPresent()) {
                    unmount(directory, record.get());
                }
                inPlace.remove(directory);
                Trees.remove(directory);
            }
        } catch (GrpcException refused) {
            throw new VolumeException(GoStatus.said(refused));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void unmount(Path directory, CsiRecord record) throws IOException, InterruptedException {
        CsiDrivers.Driver driver = driver(record.driver());
        ReentrantLock lock = lock(record.driver(), record.handle());
        lock.lockInterruptibly();
        try {
            inPlace.remove(directory);
            driver.client()
                    .call(
                            CsiCalls.UNPUBLISH,
                            NodeUnpublishVolumeRequest.newBuilder()
                                    .setVolumeId(record.handle())
                                    .setTargetPath(record.target())
                                    .build(),
                            LIMIT);
            Files.deleteIfExists(directory.resolve("published"));
            if (!mounts.under(Path.of(record.target())).isEmpty()) {
                throw new VolumeException("the driver has left %s mounted".formatted(record.target()));
            }
            Trees.remove(Path.of(record.target()));
            if (!record.staged().isEmpty() && !isUsedByOthers(directory, record)) {
                inPlace.remove(Path.of(record.staged()));
                driver.client()
                        .call(
                                CsiCalls.UNSTAGE,
                                NodeUnstageVolumeRequest.newBuilder()
                                        .setVolumeId(record.handle())
                                        .setStagingTargetPath(record.staged())
                                        .build(),
                                LIMIT);
                Trees.remove(Path.of(record.staged()).getParent());
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isUsedByOthers(Path directory, CsiRecord record) throws IOException {
        for (Path other : CsiRecord.all(podsDirectory())) {
            boolean isSame = CsiRecord.read(other)
                    .filter(found -> found.staged().equals(record.staged()))
                    .isPresent();
            if (isSame && !other.equals(directory)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Set<String> pods() {
        var uids = new HashSet<String>();
        try {
            for (Path pod : CsiRecord.list(podsDirectory())) {
                if (!CsiRecord.list(CsiRecord.of(pod)).isEmpty()) {
                    uids.add(pod.getFileName().toString());
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return uids;
    }

    /// What is attached to the node and in use, as the attach/detach controller calls it.
    public Set<String> inUse() {
        var names = new HashSet<String>();
        try {
            for (Path directory : CsiRecord.all(podsDirectory())) {
                CsiRecord.read(directory)
                        .filter(CsiRecord::isAttached)
                        .ifPresent(record -> names.add(Attachments.volume(record.driver(), record.handle())));
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return names;
    }

    private Path podsDirectory() {
        return root.resolve("pods");
    }

    private Path staging(CsiSource source, Wanted wanted) {
        Path plugins = root.resolve("plugins/kubernetes.io/csi");
        return source.isBlock()
                ? plugins.resolve("volumeDevices/staging")
                        .resolve(wanted.name())
                        .resolve("device")
                : plugins.resolve(source.driver())
                        .resolve(Attachments.hash(source.handle()))
                        .resolve("globalmount");
    }

    /// A volume of the pod's own has no other name than what it is derived from.
    private static String ownHandle(PodContext pod, Wanted wanted) {
        var metadata = pod.pod().getMetadata();
        return "csi-"
                + Attachments.hash(
                        "%s%s%s".formatted(wanted.volume().getName(), metadata.getNamespace(), metadata.getUid()));
    }

    private ReentrantLock lock(String driver, String handle) {
        return locks.computeIfAbsent(driver + "^" + handle, key -> new ReentrantLock());
    }
}
