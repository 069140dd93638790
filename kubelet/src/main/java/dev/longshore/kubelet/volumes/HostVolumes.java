package dev.longshore.kubelet.volumes;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.node.FileSystemSpace;
import dev.longshore.linux.DirectMounts;
import io.fabric8.kubernetes.api.model.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Volumes as directories of this machine, or mounts on such. The mounts are made on the host, where they outlive this
/// process; the directories are shared with the mount namespace that containers are started in.
///
///     ROOT/pods/UID/volumes/kubernetes.io~configmap/NAME
///     MEMORY/UID/NAME                                       secrets and tokens, which stay off the disk
public final class HostVolumes implements PodVolumes {

    /// How old the content of a volume that is made of objects may get.
    private static final Duration FRESHNESS = Duration.ofSeconds(55);

    private final Time time;
    private final Tokens tokens;
    private final Projections projections;
    private final PodCertificates certificates;
    private final ProjectedSources projected;
    private final Claims claims;
    private final AtomicFiles files;
    private final EmptyDirs emptyDirs;
    private final SubPaths subPaths;
    private final PodDirectories directories;
    private final LocalVolumes localVolumes;
    private final LocalDisks localDisks;
    private final DeviceLinks deviceLinks;
    private final Supplier<Map<String, String>> labels;
    private final List<VolumeDriver> drivers;
    private final ContentWatch watch;
    private final Set<String> outdated = ConcurrentHashMap.newKeySet();
    private final Set<String> localOnes = ConcurrentHashMap.newKeySet();
    private volatile Consumer<String> listener = uid -> {};
    private final SingleUse singleUse = new SingleUse();
    private final VolumeCounts counts;
    private final Map<String, Mounted> mounted = new ConcurrentHashMap<>();
    private final Map<String, Queue<VolumeEvent>> told = new ConcurrentHashMap<>();

    /// Under `root`, the kubelet's own directory, and `memory`, a directory on a tmpfs.
    public HostVolumes(
            Path root, Path memory, ConfigApi config, NodeAccess node, List<VolumeDriver> drivers, Time time) {
        DirectMounts mounts = node.mounts();
        this.time = requireNonNull(time, "time");
        this.counts = new VolumeCounts(time);
        this.tokens = new Tokens(config, time);
        this.projections = new Projections(config);
        this.certificates = new PodCertificates(config, new SecureRandom(), time);
        this.projected = new ProjectedSources(projections, tokens, new TrustBundles(config), certificates);
        this.claims = new Claims(config);
        this.files = new AtomicFiles(time);
        this.emptyDirs = new EmptyDirs(mounts);
        this.subPaths = new SubPaths(mounts);
        this.directories = new PodDirectories(requireNonNull(root, "root"), requireNonNull(memory, "memory"), mounts);
        this.localVolumes = new LocalVolumes();
        this.localDisks = new LocalDisks(root, mounts, node.commands());
        this.deviceLinks = new DeviceLinks(directories);
        this.labels = node.labels();
        this.drivers = List.copyOf(drivers);
        this.watch = new ContentWatch(config, uid -> {
            outdated.add(uid);
            listener.accept(uid);
        });
    }

    @Override
    public void onOutdated(Consumer<String> whom) {
        listener = whom;
    }

    @Override
    public Map<String, MountedVolume> mount(PodContext pod) throws InterruptedException {
        Mounted known = mounted.get(pod.uid());
        if (known == null) {
            // Before the first read, so that no change falls between the two.
            watch.follow(pod.pod());
        }
        boolean isOutdated = outdated.remove(pod.uid());
        Instant now = time.now();
        // An address that the pod has got meanwhile may stand in its downward API files.
        boolean isFresh = known != null
                && !isOutdated
                && now.isBefore(known.at().plus(FRESHNESS))
                && known.version().equals(version(pod));
        Mounted mount = known;
        if (!isFresh || known.isDue(now)) {
            mount = mountAll(pod, known == null ? Mounted.nothing() : known, isFresh, isOutdated);
            mounted.put(pod.uid(), mount);
            mount.failures().events().forEach(event -> tell(pod.uid(), event));
        }
        Set<String> missing = mount.missing();
        if (!missing.isEmpty()) {
            throw VolumeException.until(
                    mount.retries().next(missing).orElse(now.plus(MountRetries.FIRST)),
                    mount.failures().message());
        }
        return mount.volumes();
    }

    private void tell(String podUid, VolumeEvent event) {
        told.computeIfAbsent(podUid, uid -> new ConcurrentLinkedQueue<>()).add(event);
    }

    @Override
    public List<VolumeEvent> news(String podUid) {
        Queue<VolumeEvent> all = told.remove(podUid);
        return all == null ? List.of() : List.copyOf(all);
    }

    /// @param isFresh whether what was mounted has the content that it should have
    /// @param isNews whether something has changed, so that waiting makes no sense any more
    private Mounted mountAll(PodContext pod, Mounted before, boolean isFresh, boolean isNews)
            throws InterruptedException {
        var volumes = new LinkedHashMap<String, MountedVolume>();
        var failures = new MountFailures();
        MountRetries retries = before.retries();
        Instant now = time.now();
        for (Volume volume : pod.pod().getSpec().getVolumes()) {
            String name = volume.getName();
            boolean stands = before.volumes().containsKey(name);
            boolean hasFailed = before.failures().volumes().contains(name);
            boolean isHeld = retries.isHeld(name, now) && !isNews;
            if (isHeld) {
                failures.keep(name, before.failures());
            } else if (hasFailed || !stands || !isFresh) {
                mountOne(pod, volume, volumes, failures);
                note(retries, name, failures, now);
            }
            if (!volumes.containsKey(name) && stands) {
                // What it stands for may be gone now; who has the files already keeps them.
                volumes.put(name, before.volumes().get(name));
            }
        }
        return new Mounted(isFresh ? before.at() : now, version(pod), Map.copyOf(volumes), failures, retries);
    }

    private void mountOne(PodContext pod, Volume volume, Map<String, MountedVolume> volumes, MountFailures failures)
            throws InterruptedException {
        String name = volume.getName();
        try {
            Wanted wanted = claims.of(pod, volume);
            VolumeCounts.Attempt attempt = counts.begin(pod.uid(), wanted);
            try {
                MountedVolume standing = mount(pod, wanted);
                if (standing instanceof MountedVolume.Device device
                        && deviceLinks.make(pod.uid(), wanted, device.path())) {
                    tell(pod.uid(), VolumeEvent.mapped(wanted, deviceLinks.place(pod.uid(), wanted)));
                }
                volumes.put(name, standing);
                counts.succeeded(attempt);
            } catch (VolumeException | IOException | UncheckedIOException failure) {
                counts.failed(attempt);
                failures.ofSetUp(name, wanted, failure);
            }
        } catch (Claims.Unready unready) {
            failures.ofClaim(name, unready.getMessage());
        }
    }

    private static void note(MountRetries retries, String volume, MountFailures failures, Instant now) {
        if (!failures.volumes().contains(volume)) {
            retries.succeeded(volume);
        } else {
            retries.failed(
                    volume, now, failures.isOfClaim(volume) ? MountRetries.LONGEST_FOR_CLAIMS : MountRetries.LONGEST);
        }
    }

    @Override
    public Map<String, MountedVolume> standing(String podUid) {
        Mounted known = mounted.get(podUid);
        return known == null ? Map.of() : known.volumes();
    }

    @Override
    public Optional<VolumeUse> use(String podUid, String volume) throws InterruptedException {
        for (VolumeDriver driver : drivers) {
            Optional<VolumeUse> told = driver.use(podUid, volume);
            if (told.isPresent()) {
                return told;
            }
        }
        // Local volumes are file systems, or are taken for such.
        return localOnes.contains(podUid + "/" + volume)
                        && standing(podUid).get(volume) instanceof MountedVolume.Files(Path path, boolean readOnly)
                ? FileSystemSpace.of(path).map(HostVolumes::whole)
                : Optional.empty();
    }

    private static VolumeUse whole(FileSystemSpace space) {
        return new VolumeUse(
                space.bytes().capacity(),
                space.bytes().available(),
                space.bytes().capacity() - space.free(),
                space.inodes().capacity(),
                space.inodes().available(),
                space.inodes().capacity() - space.inodes().available(),
                Optional.empty());
    }

    @Override
    public Path part(PodContext pod, Part part) {
        return subPaths.of(directories.of(pod.uid()), part);
    }

    @Override
    public void onOperation(VolumeListener whom) {
        counts.tell(whom);
    }

    @Override
    public Map<String, Integer> desired() {
        return counts.desired();
    }

    @Override
    public Map<String, Integer> actual() {
        return counts.actual();
    }

    @Override
    public void unmount(String podUid) throws InterruptedException {
        long since = counts.begin();
        boolean failed = true;
        try {
            takeDown(podUid);
            failed = false;
        } finally {
            counts.unmounted(podUid, since, failed);
        }
    }

    private void takeDown(String podUid) throws InterruptedException {
        for (VolumeDriver driver : drivers) {
            driver.unmount(podUid);
        }
        mounted.remove(podUid);
        told.remove(podUid);
        singleUse.leave(podUid);
        localOnes.removeIf(known -> known.startsWith(podUid + "/"));
        watch.forget(podUid);
        outdated.remove(podUid);
        tokens.forget(podUid);
        certificates.forget(podUid);
        directories.remove(podUid);
        try {
            localDisks.release();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    @Override
    public Set<String> left() {
        var all = new HashSet<>(directories.pods());
        drivers.forEach(driver -> all.addAll(driver.pods()));
        return all;
    }

    private MountedVolume mount(PodContext pod, Wanted wanted) throws IOException, InterruptedException {
        if (!standing(pod.uid()).containsKey(wanted.volume().getName())) {
            NodeTerms.check(wanted, labels);
        }
        singleUse.take(pod.uid(), wanted);
        for (VolumeDriver driver : drivers) {
            if (driver.provides(wanted)) {
                return driver.mount(pod, wanted);
            }
        }
        Volume volume = wanted.volume();
        OptionalLong group = group(pod);
        if (volume.getEmptyDir() != null) {
            Path own = directories.made(pod.uid());
            return new MountedVolume.Files(emptyDirs.of(own, pod, volume, group), false);
        }
        if (volume.getConfigMap() != null) {
            return written(pod, place(pod, "configmap", volume), projections.of(pod, volume.getConfigMap()));
        }
        if (volume.getSecret() != null) {
            return written(pod, secretPlace(pod, volume), projections.of(pod, volume.getSecret()));
        }
        if (volume.getDownwardAPI() != null) {
            var source = volume.getDownwardAPI();
            return written(
                    pod,
                    place(pod, "downward-api", volume),
                    projections.of(pod, source.getItems(), source.getDefaultMode()));
        }
        if (volume.getProjected() != null) {
            return written(
                    pod, secretPlace(pod, volume), projected.of(pod, volume.getName(), volume.getProjected(), group));
        }
        if (volume.getImage() != null) {
            var image = volume.getImage();
            return new MountedVolume.OfImage(
                    image.getReference() == null ? "" : image.getReference(),
                    image.getPullPolicy() == null ? "" : image.getPullPolicy());
        }
        MountedVolume found =
                switch (HostPaths.of(wanted)) {
                    case MountedVolume.Device device
                    when !wanted.isBlock() ->
                        new MountedVolume.Files(
                                localDisks.mounted(pod.uid(), device.path(), wanted), wanted.readOnly());
                    case MountedVolume other -> other;
                };
        localVolumes.give(directories, pod, wanted, found);
        if (wanted.persistent()
                .filter(volumeFound -> volumeFound.getSpec().getLocal() != null)
                .isPresent()) {
            localOnes.add(pod.uid() + "/" + volume.getName());
        }
        return found;
    }

    private MountedVolume written(PodContext pod, Path place, Map<String, AtomicFiles.Entry> content) {
        files.write(place, content, group(pod));
        return new MountedVolume.Files(place, true);
    }

    private Path place(PodContext pod, String plugin, Volume volume) throws IOException {
        return directories
                .made(pod.uid())
                .resolve("volumes")
                .resolve("kubernetes.io~" + plugin)
                .resolve(volume.getName());
    }

    private Path secretPlace(PodContext pod, Volume volume) throws IOException {
        return directories.madeInMemory(pod.uid()).resolve(volume.getName());
    }

    static OptionalLong group(PodContext pod) {
        var security = pod.pod().getSpec().getSecurityContext();
        return security == null || security.getFsGroup() == null
                ? OptionalLong.empty()
                : OptionalLong.of(security.getFsGroup());
    }

    private static String version(PodContext pod) {
        var meta = pod.pod().getMetadata();
        return meta.getLabels() + "\n" + meta.getAnnotations() + "\n" + pod.podAddresses();
    }

    /// How far a pod's volumes were when they were last looked at.
    private record Mounted(
            Instant at,
            String version,
            Map<String, MountedVolume> volumes,
            MountFailures failures,
            MountRetries retries) {

        static Mounted nothing() {
            return new Mounted(Instant.MIN, "", Map.of(), new MountFailures(), new MountRetries());
        }

        /// Whether a volume that has failed may be tried again.
        boolean isDue(Instant now) {
            return failures.volumes().stream().anyMatch(volume -> !retries.isHeld(volume, now));
        }

        /// Those that never stood.
        Set<String> missing() {
            var all = new HashSet<>(failures.volumes());
            all.removeAll(volumes.keySet());
            return all;
        }
    }
}
