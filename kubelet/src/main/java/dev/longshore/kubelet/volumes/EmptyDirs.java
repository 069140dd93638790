package dev.longshore.kubelet.volumes;

import dev.longshore.linux.DirectMounts;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Volume;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/// Directories that begin empty and end with the pod: on the node's disk, in memory, or in huge pages. One that is done
/// is marked so; what a crash left half made is made again.
///
///     ROOT/pods/UID/volumes/kubernetes.io~empty-dir/NAME
///     ROOT/pods/UID/plugins/kubernetes.io~empty-dir/NAME/ready
final class EmptyDirs {

    private static final String PLUGIN = "kubernetes.io~empty-dir";
    private static final String HUGE = "HugePages";
    private static final String HUGE_RESOURCE = "hugepages-";

    private final DirectMounts mounts;

    EmptyDirs(DirectMounts mounts) {
        this.mounts = mounts;
    }

    Path of(Path podDirectory, PodContext pod, Volume volume, OptionalLong group) throws IOException {
        Path place = place(podDirectory, volume.getName());
        Path ready = podDirectory
                .resolve("plugins")
                .resolve(PLUGIN)
                .resolve(volume.getName())
                .resolve("ready");
        String medium = Objects.requireNonNullElse(volume.getEmptyDir().getMedium(), "");
        boolean isMount = !medium.isEmpty();
        if (Files.exists(ready)
                && Files.isDirectory(place)
                && (!isMount || !mounts.under(place).isEmpty())) {
            return place;
        }
        Files.createDirectories(place);
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxrwxrwx"));
        if (isMount && mounts.under(place).isEmpty()) {
            mount(place, medium, pod, volume.getEmptyDir());
        }
        if (group.isPresent()) {
            new Ownership(group.getAsLong(), false).give(place);
        }
        Files.createDirectories(ready.getParent());
        if (Files.notExists(ready)) {
            Files.createFile(ready);
        }
        return place;
    }

    /// Where the one called `name` is.
    static Path place(Path podDirectory, String name) {
        return podDirectory.resolve("volumes").resolve(PLUGIN).resolve(name);
    }

    private void mount(Path place, String medium, PodContext pod, EmptyDirVolumeSource source) throws IOException {
        if (medium.equals("Memory")) {
            long size = memory(pod, source);
            mountTmpfs(place, size > 0 ? "size=" + size : "");
        } else if (medium.startsWith(HUGE)) {
            mounts.mount("hugetlbfs", place, "pagesize=" + pageSize(pod, medium));
        } else {
            throw new VolumeException("unknown storage medium \"%s\"".formatted(medium));
        }
    }

    /// What pods keep in memory shall not be written to a disk; older kernels cannot promise that.
    private void mountTmpfs(Path place, String options) throws IOException {
        try {
            mounts.mount("tmpfs", place, options.isEmpty() ? "noswap" : options + ",noswap");
        } catch (IOException unknownOption) {
            mounts.mount("tmpfs", place, options);
        }
    }

    /// The least of what the volume, the pod and the node allow, in bytes.
    static long memory(PodContext pod, EmptyDirVolumeSource source) {
        long size = bytes(pod.allocatable().get("memory"));
        for (long limit : new long[] {podLimit(pod), bytes(source.getSizeLimit())}) {
            if (limit > 0 && (limit <= size || size == 0)) {
                size = limit;
            }
        }
        return size;
    }

    /// What all containers together may use; 0 if one of them has no limit.
    private static long podLimit(PodContext pod) {
        var spec = pod.pod().getSpec();
        if (spec.getResources() != null && limit(spec.getResources()) > 0) {
            return limit(spec.getResources());
        }
        long together = 0;
        long largestStep = 0;
        long sidecars = 0;
        for (Container container : spec.getInitContainers()) {
            long own = limit(container.getResources());
            if (own == 0) {
                return 0;
            }
            if ("Always".equals(container.getRestartPolicy())) {
                sidecars += own;
            } else {
                largestStep = Math.max(largestStep, sidecars + own);
            }
        }
        for (Container container : spec.getContainers()) {
            long own = limit(container.getResources());
            if (own == 0) {
                return 0;
            }
            together += own;
        }
        return Math.max(together + sidecars, largestStep);
    }

    private static long limit(ResourceRequirements requirements) {
        Map<String, Quantity> limits = requirements == null ? null : requirements.getLimits();
        return limits == null ? 0 : bytes(limits.get("memory"));
    }

    private static long bytes(Quantity quantity) {
        return quantity == null ? 0 : quantity.getNumericalAmount().longValue();
    }

    private static long pageSize(PodContext pod, String medium) {
        Set<BigDecimal> asked = new TreeSet<>();
        for (Map<String, Quantity> requests : requests(pod)) {
            for (String resource : requests.keySet()) {
                if (resource.startsWith(HUGE_RESOURCE)) {
                    asked.add(new Quantity(resource.substring(HUGE_RESOURCE.length())).getNumericalAmount());
                }
            }
        }
        if (medium.equals(HUGE)) {
            if (asked.size() > 1) {
                throw new VolumeException(
                        "medium: %s can't be used if container requests multiple huge page sizes".formatted(medium));
            }
        } else {
            BigDecimal wanted = new Quantity(medium.substring(HUGE.length() + 1)).getNumericalAmount();
            asked.removeIf(size -> size.compareTo(wanted) != 0);
        }
        return asked.stream()
                .findFirst()
                .orElseThrow(() -> new VolumeException(
                        "medium %s: hugePages storage requested, but there is no resource request for huge pages"
                                .formatted(medium)))
                .longValue();
    }

    private static List<Map<String, Quantity>> requests(PodContext pod) {
        var spec = pod.pod().getSpec();
        List<ResourceRequirements> all = new ArrayList<>();
        all.add(spec.getResources());
        spec.getInitContainers().forEach(container -> all.add(container.getResources()));
        spec.getContainers().forEach(container -> all.add(container.getResources()));
        return all.stream()
                .filter(requirements -> requirements != null && requirements.getRequests() != null)
                .map(ResourceRequirements::getRequests)
                .toList();
    }
}
