package dev.longshore.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.ManualTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupFileTest {

    private static final Passphrase SECRET = Passphrase.of("secret");
    private static final Passphrase.Cost CHEAP = new Passphrase.Cost(4, 8, 1);

    @TempDir
    Path root;

    private final ManualTime time = new ManualTime();

    @Test
    void aStreamThatBreaksOffLeavesTheFileThatWasThere() throws IOException {
        byte[] backup = Fixture.in(root).backup(time, 1000);
        Path file = Files.writeString(root.resolve("backup"), "an older one");

        assertThatThrownBy(() ->
                        BackupFile.write(file, Optional.empty(), out -> out.write(backup, 0, backup.length - 100)))
                .isInstanceOf(BackupException.class);
        assertThat(file).content().isEqualTo("an older one");
        assertNothingHalfDone();

        BackupFile.write(file, Optional.empty(), out -> out.write(backup));
        assertThat(file).hasBinaryContent(backup);
    }

    @Test
    void aWrongPlaceIsSaidToBeOne() throws IOException {
        byte[] backup = Fixture.in(root).backup(time, 10);
        for (Path wrong : new Path[] {root.resolve("nowhere/backup"), root, root.resolve("keys.yaml/backup")}) {
            assertThatThrownBy(() -> BackupFile.write(wrong, Optional.empty(), out -> out.write(backup)))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("directory");
        }
        assertNothingHalfDone();
    }

    @Test
    void aFullDiskLeavesNothing() throws Exception {
        Path disk = Files.createDirectory(root.resolve("disk"));
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=256k", "longshore-backup-test", disk.toString());
        assumeTrue(mounted || "true".equals(System.getenv("CI")), "cannot mount a small file system");
        assertThat(mounted).isTrue();
        try {
            byte[] backup = Fixture.in(root).backup(time, 1 << 20);
            assertThatThrownBy(
                            () -> BackupFile.write(disk.resolve("backup"), Optional.empty(), out -> out.write(backup)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No space left");
            try (Stream<Path> left = Files.list(disk)) {
                assertThat(left).isEmpty();
            }
        } finally {
            run("umount", disk.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, Sealing.PIECE - 1, Sealing.PIECE, Sealing.PIECE + 1, 3 * Sealing.PIECE + 5})
    void whatIsSealedOpensAgain(int size) throws IOException {
        byte[] plain = new byte[size];
        new Random(size).nextBytes(plain);

        assertThat(opened(sealed(plain), SECRET)).isEqualTo(plain);
    }

    @Test
    void anyOtherBitIsNoticedAndAnyMissingPiece() throws IOException {
        byte[] sealed = sealed(new byte[2 * Sealing.PIECE]);
        var random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] other = sealed.clone();
            int place = Framing.MAGIC_LENGTH + (i < 100 ? i : random.nextInt(sealed.length - Framing.MAGIC_LENGTH));
            other[place] ^= (byte) (1 << random.nextInt(8));
            assertThatThrownBy(() -> opened(other, SECRET))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.fault()).isInstanceOf(BackupFault.Altered.class));
            assertThatThrownBy(() -> opened(Arrays.copyOf(sealed, place), SECRET))
                    .isInstanceOfSatisfying(
                            BackupException.class,
                            e -> assertThat(e.fault()).isInstanceOf(BackupFault.Truncated.class));
        }
    }

    @Test
    void nothingIsSealedTheSameTwice() throws IOException {
        byte[] one = sealed(new byte[100]);
        byte[] other = sealed(new byte[100]);

        assertThat(Arrays.copyOfRange(one, one.length - 116, one.length))
                .isNotEqualTo(Arrays.copyOfRange(other, other.length - 116, other.length));
    }

    @Test
    void aFileThatAsksForTooMuchWorkIsRefused() {
        assertThat(new Passphrase.Cost(31, 8, 1).isBearable()).isFalse();
        assertThat(new Passphrase.Cost(15, 1 << 20, 1).isBearable()).isFalse();
        assertThat(Passphrase.Cost.USUAL.isBearable()).isTrue();
    }

    @Test
    void theFirstLineIsThePassphrase() throws IOException {
        Path file = Files.writeString(root.resolve("secret"), "secret\r\nand more\n");

        assertThat(opened(sealed(new byte[5]), Passphrase.read(file))).hasSize(5);
        Files.writeString(file, "\n");
        assertThatThrownBy(() -> Passphrase.read(file)).hasMessage("the passphrase is empty");
    }

    private static byte[] sealed(byte[] plain) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new SealedOutput(bytes, SECRET, CHEAP, new java.security.SecureRandom())) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    private static byte[] opened(byte[] sealed, Passphrase passphrase) throws IOException {
        try (var in = new OpenedInput(new ByteArrayInputStream(sealed), passphrase)) {
            return in.readAllBytes();
        }
    }

    private void assertNothingHalfDone() throws IOException {
        try (Stream<Path> left = Files.list(root)) {
            assertThat(left).noneMatch(path -> path.toString().endsWith(".partial"));
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
