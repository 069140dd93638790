package dev.longshore.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountsTest {

    @Test
    void readsPointTypeSourceAndOptions() {
        var mounts = Mounts.parse("""
                36 35 98:0 /mnt1 /mnt2\\040two rw,noatime master:1 - ext3 /dev/root rw,errors=continue
                37 36 0:24 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct
                """);

        assertThat(mounts)
                .containsExactly(
                        new Mounts.Mount(Path.of("/mnt2 two"), "ext3", "/dev/root", List.of("rw", "errors=continue")),
                        new Mounts.Mount(
                                Path.of("/sys/fs/cgroup/cpu"), "cgroup", "cgroup", List.of("rw", "cpu", "cpuacct")));
    }

    @Test
    void findsThisProcessesOwn() {
        assertThat(new Mounts(new RecordingCommands()).at(Path.of("/proc")))
                .get()
                .extracting(Mounts.Mount::type)
                .isEqualTo("proc");
    }
}
