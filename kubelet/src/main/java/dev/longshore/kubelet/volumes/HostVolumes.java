package dev.longshore.kubelet.volumes;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.ConfigApi;
import io.fabric8.kubernetes.api.model.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Volumes as directories of this machine. Nothing is ever mounted by the kubelet itself, so nothing stays
/// mounted when it dies: what asks for memory gets a directory on a tmpfs that is there anyway.
///
///     ROOT/pods/UID/volumes/kubernetes.io~configmap/NAME
public final class HostVolumes implements PodVolumes {

    /// How old the content of a volume that is made of objects may get.
    private static final Duration FRESHNESS = Duration.ofSeconds(55);

    private final Path root;
    private final Path memory;
    private final Time time;
    private final Tokens tokens;
    private final Projections projections;
    private final HostPaths hostPaths;
    private final AtomicFiles files;
    private final ContentWatch watch;
    private final Set<String> outdated = ConcurrentHashMap.newKeySet();
    private volatile Consumer<String> listener = uid -> {};
    private final Map<String, Mounted> mounted = new ConcurrentHashMap<>();

    /// Under `root`, the kubelet's own directory, and `memory`, a directory on a tmpfs.
    public HostVolumes(Path root, Path memory, ConfigApi config, Time time) {
        this.root = requireNonNull(root, "root");
        this.memory = requireNonNull(memory, "memory");
        this.time = requireNonNull(time, "time");
        this.tokens = new Tokens(config, time);
        this.projections = new Projections(config, tokens);
        this.hostPaths = new HostPaths(config);
        this.files = new AtomicFiles(time);
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
    public Map<String, Path> mount(PodContext pod) {
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
        if (isFresh) {
            return known.paths();
        }
        var paths = new LinkedHashMap<String, Path>();
        for (Volume volume : pod.pod().getSpec().getVolumes()) {
            try {
                paths.put(volume.getName(), mount(pod, volume));
            } catch (VolumeException | UncheckedIOException failure) {
                if (known != null && known.paths().containsKey(volume.getName())) {
                    // What it stands for is gone now; who has the files already keeps them.
                    paths.put(volume.getName(), known.paths().get(volume.getName()));
                    continue;
                }
                throw new VolumeException(
                        "MountVolume.SetUp failed for volume \"%s\" : %s"
                                .formatted(volume.getName(), failure.getMessage()),
                        failure);
            }
        }
        mounted.put(pod.uid(), new Mounted(now, version(pod), Map.copyOf(paths)));
        return paths;
    }

    @Override
    public void unmount(String podUid) {
        mounted.remove(podUid);
        watch.forget(podUid);
        outdated.remove(podUid);
        tokens.forget(podUid);
        Trees.remove(directory(podUid));
        Trees.remove(memory.resolve(podUid));
    }

    private Path mount(PodContext pod, Volume volume) {
        if (volume.getEmptyDir() != null) {
            boolean inMemory = "Memory".equals(volume.getEmptyDir().getMedium());
            return emptyDirectory(inMemory ? secretPlace(pod, volume) : place(pod, "empty-dir", volume), group(pod));
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
            return written(pod, secretPlace(pod, volume), projections.of(pod, volume.getName(), volume.getProjected()));
        }
        return hostPaths.of(pod, volume);
    }

    private Path written(PodContext pod, Path place, Map<String, AtomicFiles.Entry> content) {
        files.write(place, content, group(pod));
        return place;
    }

    private static Path emptyDirectory(Path place, OptionalLong group) {
        try {
            if (Files.isDirectory(place)) {
                return place;
            }
            Files.createDirectories(place);
            Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxrwxrwx"));
            if (group.isPresent()) {
                AtomicFiles.giveTo(group, place);
                Files.setAttribute(place, "unix:mode", 02777);
            }
            return place;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    private Path directory(String podUid) {
        return root.resolve("pods").resolve(podUid).resolve("volumes");
    }

    private Path place(PodContext pod, String plugin, Volume volume) {
        return directory(pod.uid()).resolve("kubernetes.io~" + plugin).resolve(volume.getName());
    }

    /// Secrets and tokens stay off the disk.
    private Path secretPlace(PodContext pod, Volume volume) {
        return memory.resolve(pod.uid()).resolve(volume.getName());
    }

    private static OptionalLong group(PodContext pod) {
        var security = pod.pod().getSpec().getSecurityContext();
        return security == null || security.getFsGroup() == null
                ? OptionalLong.empty()
                : OptionalLong.of(security.getFsGroup());
    }

    private static String version(PodContext pod) {
        var meta = pod.pod().getMetadata();
        return meta.getLabels() + "\n" + meta.getAnnotations() + "\n" + pod.podAddresses();
    }

    private record Mounted(Instant at, String version, Map<String, Path> paths) {}
}
