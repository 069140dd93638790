package dev.longshore.kubelet.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.linux.Commands.Command;
import dev.longshore.linux.Commands.Result;
import dev.longshore.linux.RecordingCommands;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalDisksTest {

    private static final Path DEVICE = Path.of("/dev/sdz");

    @TempDir
    Path root;

    private final PretendedMounts mounts = new PretendedMounts();
    private final Map<String, Result> answers = new HashMap<>();
    private final RecordingCommands commands = new RecordingCommands(this::answer);
    private LocalDisks disks;
    private Path at;

    @BeforeEach
    void make() {
        disks = new LocalDisks(root, mounts, commands);
        at = root.resolve("plugins/kubernetes.io/local-volume/mounts/pv");
        answers.put("blkid", new Result(2, "", ""));
    }

    private Result answer(Command command) {
        Result result = answers.getOrDefault(command.arguments().getFirst(), new Result(0, "", ""));
        if (command.arguments().getFirst().equals("mount") && result.exitCode() == 0) {
            mounts.mount("disk", Path.of(command.arguments().getLast()), "");
        }
        return result;
    }

    @Test
    void anEmptyDeviceGetsAFileSystemOnce() throws Exception {
        assertThat(disks.mounted("a", DEVICE, wanted("mountOptions: [noatime], local: {path: /dev/sdz}", false)))
                .isEqualTo(at)
                .isDirectory();
        assertThat(disks.mounted("b", DEVICE, wanted("local: {path: /dev/sdz}", false)))
                .isEqualTo(at);

        assertThat(commands.lines())
                .containsExactly(
                        "blkid -p -s TYPE -s PTTYPE -o export /dev/sdz",
                        "mkfs.ext4 -F -m0 /dev/sdz",
                        "mount -t ext4 -o noatime,defaults /dev/sdz " + at);
    }

    @Test
    void whatIsOnADeviceIsCheckedAndKept() throws Exception {
        answers.put("blkid", new Result(0, "DEVNAME=/dev/sdz\nTYPE=xfs\n", ""));
        answers.put("fsck", new Result(1, "corrected", ""));

        disks.mounted("a", DEVICE, wanted("local: {path: /dev/sdz, fsType: xfs}", false));

        assertThat(commands.lines())
                .endsWith("fsck -a /dev/sdz", "mount -t xfs -o defaults /dev/sdz " + at)
                .noneMatch(line -> line.startsWith("mkfs"));
    }

    @Test
    void aFileSystemOfAnotherTypeIsRefusedAndLeftAsItIs() {
        answers.put("blkid", new Result(0, "TYPE=ext4\n", ""));
        answers.put("mount", new Result(32, "", "wrong fs type"));

        assertThatThrownBy(() -> disks.mounted("a", DEVICE, wanted("local: {path: /dev/sdz, fsType: xfs}", false)))
                .hasMessage(
                        "local: failed to mount device /dev/sdz at " + at + " (fstype: xfs), error failed to mount the"
                                + " volume as \"xfs\", it already contains ext4. Mount error: mount failed: exit status 32\n"
                                + "Mounting command: mount\nMounting arguments: -t xfs -o defaults /dev/sdz " + at
                                + "\nOutput: wrong fs type\n");
        assertThat(at).doesNotExist();
        assertThat(commands.lines()).noneMatch(line -> line.startsWith("mkfs"));
    }

    @Test
    void partitionsAreNothingToWriteOver() {
        answers.put("blkid", new Result(0, "PTTYPE=gpt\n", ""));
        answers.put("mount", new Result(32, "", ""));

        assertThatThrownBy(() -> disks.mounted("a", DEVICE, wanted("local: {path: /dev/sdz}", false)))
                .hasMessageContaining("it already contains unknown data, probably partitions");
        assertThat(commands.lines()).noneMatch(line -> line.startsWith("mkfs"));
    }

    @Test
    void nothingIsWrittenForWhoOnlyReads() {
        assertThatThrownBy(() -> disks.mounted("a", DEVICE, wanted("local: {path: /dev/sdz}", true)))
                .hasMessageContaining("error cannot mount unformatted disk /dev/sdz as we are manipulating it in"
                        + " read-only mode");
        assertThat(commands.lines()).containsExactly("blkid -p -s TYPE -s PTTYPE -o export /dev/sdz");
    }

    @Test
    void errorsThatCannotBeMendedAreTold() {
        answers.put("blkid", new Result(0, "TYPE=ext4\n", ""));
        answers.put("fsck", new Result(4, "bad", ""));

        assertThatThrownBy(() -> disks.mounted("a", DEVICE, wanted("local: {path: /dev/sdz}", false)))
                .hasMessageContaining("'fsck' found errors on device /dev/sdz but could not correct them: bad");
    }

    @Test
    void theLastPodTakesTheMountAlong() throws Exception {
        Wanted wanted = wanted("local: {path: /dev/sdz}", false);
        disks.mounted("a", DEVICE, wanted);
        disks.mounted("b", DEVICE, wanted);

        Trees.remove(root.resolve("pods/a"));
        disks.release();
        assertThat(mounts.under(at)).hasSize(1);
        // The next run of the node knows it, too.
        Trees.remove(root.resolve("pods/b"));
        new LocalDisks(root, mounts, commands).release();

        assertThat(mounts.under(at)).isEmpty();
        assertThat(Files.exists(at)).isFalse();
    }

    private static Wanted wanted(String spec, boolean isReadOnly) {
        return new Wanted(
                new Volume(),
                Optional.of(new PersistentVolumeClaim()),
                Optional.of(Serialization.unmarshal(
                        "---\n{metadata: {name: pv}, spec: {%s}}".formatted(spec), PersistentVolume.class)),
                isReadOnly);
    }
}
