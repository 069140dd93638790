package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import dev.longshore.linux.Inodes;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The plug is pulled, or the process killed, at any moment: what is left is whole, what was done stays done, and
/// the work can be done again.
class CrashTest {

    private static final int ROUNDS = 6;

    @RegisterExtension
    final Scratch scratch = new Scratch();

    @BeforeEach
    void needsRoot() {
        Needs.root();
    }

    @Test
    void thePlugMayBePulledAtEveryStep() throws Exception {
        byte[] archive = CrashWork.archive(scratch.local());
        int step = 1;
        boolean isThrough = false;
        for (; !isThrough; step++) {
            Path root = Files.createDirectory(scratch.root().resolve("step-" + step));
            var disk = new FailingDisk(step);
            CrashWork.Done done = new CrashWork.Done();
            try {
                new CrashWork(open(root, disk), done).run(archive);
                isThrough = !disk.isDead();
            } catch (Exception failed) {
                assertThat(FailingDisk.isPlug(failed))
                        .as("step %d: %s", step, failed)
                        .isTrue();
            }
            disk.loseUnsynced();

            LocalImages after = open(root, Disk.HOST);
            Wholeness.check(after);
            done.check(after);
            new CrashWork(after, new CrashWork.Done()).run(archive);
            Wholeness.check(after);
            Overlay.deleteTree(root);
        }
        assertThat(step).as("steps at which it was pulled").isGreaterThan(40);
    }

    @Test
    void aKilledProcessLeavesWholeBlobsOnly() throws Exception {
        Path root = Files.createDirectory(scratch.root().resolve("killed"));
        Path archive = Files.write(scratch.root().resolve("archive.tar"), CrashWork.archive(scratch.local()));
        var random = new Random(20_261_126);
        int done = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Process child = child(root, archive);
            try (var out = new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                // Lines tell how far it is; the kill falls somewhere within the next piece of work.
                int lines = 1 + random.nextInt(12);
                for (int i = 0; i < lines; i++) {
                    assertThat(out.readLine()).as("the child works").isNotNull();
                }
                child.waitFor(random.nextInt(12), TimeUnit.MILLISECONDS);
                done += lines;
            } finally {
                child.destroyForcibly().waitFor();
            }

            LocalImages after = open(root, Disk.HOST);
            Wholeness.check(after);
        }
        assertThat(done).isGreaterThanOrEqualTo(ROUNDS);
        new CrashWork(open(root, Disk.HOST), new CrashWork.Done()).run(Files.readAllBytes(archive));
    }

    private static LocalImages open(Path root, Disk disk) throws Exception {
        var local = new LocalImages(
                new ImageLayout(root, "boot"), Platform.linux("amd64"), Inodes.host(), Time.system(), disk);
        local.start();
        return local;
    }

    private static Process child(Path root, Path archive) throws Exception {
        var command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrashWork.class.getName(),
                root.toString(),
                archive.toString()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
