package dev.longshore.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against plain directories that look like hierarchies.
class CgroupsTest {

    @TempDir
    Path root;

    private Mounts.Mount mount(String type, String name, String... options) throws IOException {
        Path point = Files.createDirectories(root.resolve(name));
        return new Mounts.Mount(point, type, type, List.of(options));
    }

    private static Cgroups.Limits limits(long shares, long quota, long memory, long pids) {
        return new Cgroups.Limits(
                OptionalLong.of(shares),
                OptionalLong.of(quota),
                OptionalLong.of(100_000),
                OptionalLong.of(memory),
                OptionalLong.of(pids));
    }

    private String read(String file) throws IOException {
        return Files.readString(root.resolve(file));
    }

    @Test
    void aHostWithBothKindsIsHybridAndLimitedByTheOld() throws IOException {
        var cgroups = Cgroups.of(List.of(
                mount("cgroup", "cpu,cpuacct", "rw", "cpu", "cpuacct"),
                mount("cgroup", "memory", "rw", "memory"),
                mount("cgroup", "pids", "rw", "pids"),
                mount("cgroup", "systemd", "rw", "xattr", "name=systemd"),
                mount("cgroup2", "unified", "rw")));
        assertThat(cgroups.layout()).isEqualTo(Cgroups.Layout.HYBRID);

        cgroups.create("longshore-abcdef/pod");
        cgroups.limit("longshore-abcdef/pod", limits(512, 20_000, 64 << 20, -1));

        assertThat(read("cpu,cpuacct/longshore-abcdef/pod/cpu.shares")).isEqualTo("512");
        assertThat(read("cpu,cpuacct/longshore-abcdef/pod/cpu.cfs_quota_us")).isEqualTo("20000");
        assertThat(read("memory/longshore-abcdef/pod/memory.limit_in_bytes")).isEqualTo("67108864");
        assertThat(read("pids/longshore-abcdef/pod/pids.max")).isEqualTo("max");
        assertThat(cgroups.membership("x")).isEqualTo(root.resolve("systemd/x/cgroup.procs"));
        assertThat(root.resolve("systemd/longshore-abcdef")).doesNotExist();
        assertThat(root.resolve("unified/longshore-abcdef")).doesNotExist();

        // As runc leaves it.
        Files.createDirectories(root.resolve("unified/other/pod/container"));
        assertThat(cgroups.children("other")).containsExactly("pod");
        assertThat(cgroups.remove("other")).isTrue();
        assertThat(root.resolve("unified/other")).doesNotExist();
    }

    @Test
    void theNewKindHandsControllersDownAndKnowsWeights() throws IOException {
        var cgroups = Cgroups.of(List.of(mount("cgroup2", "cgroup", "rw")));
        assertThat(cgroups.layout()).isEqualTo(Cgroups.Layout.V2);

        cgroups.create("longshore-abcdef/pod");
        cgroups.limit("longshore-abcdef/pod", limits(1024, -1, -1, 100));

        assertThat(root.resolve("cgroup/longshore-abcdef/cgroup.subtree_control"))
                .exists();
        assertThat(read("cgroup/longshore-abcdef/pod/cpu.weight")).isEqualTo("39");
        assertThat(read("cgroup/longshore-abcdef/pod/cpu.max")).isEqualTo("max 100000");
        assertThat(read("cgroup/longshore-abcdef/pod/memory.max")).isEqualTo("max");
        assertThat(read("cgroup/longshore-abcdef/pod/pids.max")).isEqualTo("100");
    }

    @Test
    void processorsMemoryNodesAndHugePagesHaveTheirFilesInVersionTwo() throws IOException {
        var cgroups = Cgroups.of(List.of(mount("cgroup2", "cgroup", "rw")));
        cgroups.create("pod");
        Files.writeString(root.resolve("cgroup/pod/hugetlb.2MB.max"), "max");
        var limits = new Cgroups.Limits(
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Map.of(2L << 20, 4L << 20, 1L << 30, 0L),
                "1-2");

        cgroups.limit(
                "pod",
                limits,
                new Cgroups.More("", "0", OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty()));

        assertThat(read("cgroup/pod/hugetlb.2MB.max")).isEqualTo("4194304");
        assertThat(root.resolve("cgroup/pod/hugetlb.1GB.max")).doesNotExist();
        assertThat(read("cgroup/pod/cpuset.cpus")).isEqualTo("1-2");
        assertThat(read("cgroup/pod/cpuset.mems")).isEqualTo("0");
    }

    @Test
    void furtherLimitsAreWrittenWhereTheKernelHasThem() throws IOException {
        var cgroups = Cgroups.of(List.of(
                mount("cgroup", "cpu,cpuacct", "rw", "cpu", "cpuacct"),
                mount("cgroup", "memory", "rw", "memory"),
                mount("cgroup", "cpuset", "rw", "cpuset"),
                mount("cgroup", "pids", "rw", "pids")));
        cgroups.create("pod");
        Files.createDirectories(root.resolve("cpuset/pod"));
        Files.writeString(root.resolve("memory/pod/memory.memsw.limit_in_bytes"), "1000");
        var more = new Cgroups.More(
                "0-1", "0", OptionalLong.of(16 << 20), OptionalLong.of(128 << 20), OptionalLong.of(500));

        cgroups.limit("pod", limits(512, 20_000, 64 << 20, -1), more);

        assertThat(read("memory/pod/memory.memsw.limit_in_bytes")).isEqualTo("134217728");
        assertThat(read("memory/pod/memory.soft_limit_in_bytes")).isEqualTo("16777216");
        assertThat(read("cpuset/pod/cpuset.cpus")).isEqualTo("0-1");
        assertThat(root.resolve("blkio")).doesNotExist();
    }

    @Test
    void useLeavesOutWhatCanBeReclaimed() throws IOException {
        var cgroups = Cgroups.of(List.of(mount("cgroup2", "cgroup", "rw")));
        Path pod = Files.createDirectories(root.resolve("cgroup/pod"));
        Files.writeString(pod.resolve("memory.current"), "1000\n");
        Files.writeString(pod.resolve("memory.stat"), "anon 500\ninactive_file 300\n");
        Files.writeString(pod.resolve("cpu.stat"), "usage_usec 7\nuser_usec 5\n");
        Files.writeString(pod.resolve("pids.current"), "3\n");

        assertThat(cgroups.usage("pod")).contains(new Cgroups.Usage(7000, 1000, 700, 3));
        assertThat(cgroups.usage("gone")).isEmpty();
    }

    @Test
    void removingTakesTheWholeTree() throws IOException {
        var cgroups = Cgroups.of(List.of(mount("cgroup2", "cgroup", "rw")));
        Files.createDirectories(root.resolve("cgroup/a/b/c"));

        assertThat(cgroups.children("a")).containsExactly("b");
        assertThat(cgroups.remove("a")).isTrue();
        assertThat(root.resolve("cgroup/a")).doesNotExist();
        assertThat(cgroups.remove("a")).isTrue();
    }
}
