package dev.longshore.kubelet.csi;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.cluster.StorageApi;
import dev.longshore.kubelet.csi.proto.NodeUnpublishVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodeUnstageVolumeRequest;
import dev.longshore.kubelet.plugins.GoStatus;
import dev.longshore.kubelet.volumes.Growth;
import dev.longshore.kubelet.volumes.MountedVolume;
import dev.longshore.kubelet.volumes.PodContext;
import dev.longshore.kubelet.volumes.Trees;
import dev.longshore.kubelet.volumes.VolumeDriver;
import dev.longshore.kubelet.volumes.VolumeException;
import dev.longshore.kubelet.volumes.VolumeUse;
import dev.longshore.kubelet.volumes.Wanted;
import dev.longshore.linux.DirectMounts;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

    /// At most so often a driver is asked again for what stands already.
    private static final Duration REPEAT = Duration.ofMinutes(1);

    private final Path root;
    private final CsiDrivers drivers;
    private final CsiMounting mounting;
    private final CsiGrowth growth;
    private final DirectMounts mounts;
    private final Time time;
    /// One call about a volume of a driver at a time, whichever pods want it.
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    /// What is known to stand, and when its driver was last asked.
    private final Map<Path, Instant> inPlace = new ConcurrentHashMap<>();

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
        this.drivers = requireNonNull(drivers, "drivers");
        this.mounting = new CsiMounting(node, storage, config, time);
        this.growth = new CsiGrowth(config);
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
        if (isInPlace(directory, target) && !isToBeRepeated(source, directory)) {
            return result;
        }
        ReentrantLock lock = lock(source.driver(), source.handle());
        lock.lockInterruptibly();
        try {
            mounting.mount(
                    driver(source.driver()),
                    new CsiMounting.Order(
                            pod, source, wanted.volume().getName(), directory, target, staging(source, wanted)));
            inPlace.put(directory, time.now());
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
        if (inPlace.containsKey(directory)) {
            return true;
        }
        try {
            boolean stands = CsiRecord.read(directory).isPresent()
                    && Files.exists(directory.resolve("published"))
                    && !mounts.under(target).isEmpty();
            if (stands) {
                inPlace.put(directory, time.now());
            }
            return stands;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private boolean isToBeRepeated(CsiSource source, Path directory) {
        Instant now = time.now();
        Instant last = inPlace.getOrDefault(directory, now);
        if (now.isBefore(last.plus(REPEAT))) {
            return false;
        }
        // Also when it fails, so that a driver in trouble is not asked at every look.
        inPlace.put(directory, now);
        return mounting.isToBeRepeated(source);
    }

    @Override
    public Optional<Growth> grow(Pod pod, PersistentVolume volume, Quantity size) throws InterruptedException {
        var csi = volume.getSpec().getCsi();
        if (csi == null) {
            return Optional.empty();
        }
        Optional<CsiDrivers.Driver> driver = drivers.find(csi.getDriver());
        Path directory = CsiRecord.of(podsDirectory().resolve(pod.getMetadata().getUid()))
                .resolve(volume.getMetadata().getName());
        ReentrantLock lock = lock(csi.getDriver(), csi.getVolumeHandle());
        lock.lockInterruptibly();
        try {
            Optional<CsiRecord> record = CsiRecord.read(directory);
            return Optional.of(
                    driver.isEmpty() || record.isEmpty()
                            ? new Growth.Later()
                            : growth.of(driver.get(), record.get(), volume, size));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<VolumeUse> use(String podUid, String volume) throws InterruptedException {
        try {
            for (Path directory : CsiRecord.list(CsiRecord.of(podsDirectory().resolve(podUid)))) {
                Optional<CsiRecord> record =
                        CsiRecord.read(directory).filter(found -> found.volume().equals(volume));
                Optional<CsiDrivers.Driver> driver = record.flatMap(found -> drivers.find(found.driver()));
                if (driver.isPresent()) {
                    return CsiFigures.of(driver.get(), record.get());
                }
            }
            return Optional.empty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private CsiDrivers.Driver driver(String name) {
        return drivers.find(name)
                .orElseThrow(() -> new VolumeException(
                        "driver name %s not found in the list of registered CSI drivers".formatted(name)));
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
                            CsiMounting.LIMIT);
            Files.deleteIfExists(directory.resolve("published"));
            if (!mounts.under(Path.of(record.target())).isEmpty()) {
                throw new VolumeException("the driver has left %s mounted".formatted(record.target()));
            }
            Trees.remove(Path.of(record.target()));
            if (!record.staged().isEmpty() && !isUsedByOthers(directory, record)) {
                mounting.forget(Path.of(record.staged()));
                driver.client()
                        .call(
                                CsiCalls.UNSTAGE,
                                NodeUnstageVolumeRequest.newBuilder()
                                        .setVolumeId(record.handle())
                                        .setStagingTargetPath(record.staged())
                                        .build(),
                                CsiMounting.LIMIT);
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
