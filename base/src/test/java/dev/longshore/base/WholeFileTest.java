package dev.longshore.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {

    private static final byte[] NEW = "new".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    @Test
    void replacesWhatIsThereAndLeavesNothingBeside() throws IOException {
        Path file = Files.writeString(directory.resolve("state"), "old and longer");
        Files.writeString(directory.resolve("state.new"), "left by a process that was killed");

        WholeFile.write(file, NEW);

        assertThat(file).hasContent("new");
        assertThat(directory).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void whatIsPrivateIsReadByUsAlone() throws IOException {
        Path file = directory.resolve("state");
        Files.writeString(directory.resolve("state.new"), "with other rights");

        WholeFile.writePrivately(file, NEW);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aFailureLeavesNoDraft() throws IOException {
        Path taken = Files.createDirectories(directory.resolve("state/inside")).getParent();

        assertThatThrownBy(() -> WholeFile.write(taken, NEW)).isInstanceOf(IOException.class);
        assertThat(directory).isDirectoryNotContaining("glob:**.new");
    }
}
