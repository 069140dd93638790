package dev.longshore.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostToolsTest {

    @TempDir
    Path root;

    private void program(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    @Test
    void namesWhatIsMissingAndItsPackages() throws IOException {
        for (String present : List.of(
                "usr/sbin/runc", "usr/bin/conmon", "usr/sbin/nft", "usr/sbin/ip", "usr/bin/nsenter", "bin/mount")) {
            program(present);
        }

        assertThat(new HostTools(root, new RecordingCommands()).missing())
                .containsExactly(
                        new HostTools.Tool("conntrack", "conntrack"),
                        new HostTools.Tool("busybox", "busybox"),
                        new HostTools.Tool("/usr/lib/cni/bridge", "containernetworking-plugins"));
    }

    @Test
    void installsInOneGoAndOnlyWhatIsMissing() throws Exception {
        for (String present : List.of(
                "usr/bin/crun",
                "usr/sbin/runc",
                "usr/bin/conmon",
                "usr/sbin/nft",
                "usr/sbin/ip",
                "usr/bin/nsenter",
                "bin/mount",
                "usr/sbin/conntrack")) {
            program(present);
        }
        var commands = new RecordingCommands();

        new HostTools(root, commands).install();

        assertThat(commands.lines())
                .containsExactly("apt-get install -y --no-install-recommends busybox containernetworking-plugins tini");
        program("bin/busybox");
        program("usr/lib/cni/bridge");
        assertThat(new HostTools(root, commands).install()).isEmpty();
        assertThat(commands.lines()).hasSize(1);
    }

    @Test
    void asksTheDistributionAnewWhenAnInstallationFails() throws Exception {
        var tries = new java.util.concurrent.atomic.AtomicInteger();
        var commands = new RecordingCommands(command -> new Commands.Result(
                command.toString().contains("install") && tries.getAndIncrement() == 0 ? 100 : 0, "", ""));

        new HostTools(root, commands).install();

        assertThat(commands.lines()).hasSize(3).element(1).isEqualTo("apt-get update");
        assertThat(commands.lines().getFirst()).isEqualTo(commands.lines().getLast());
    }
}
