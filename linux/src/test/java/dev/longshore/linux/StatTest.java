package dev.longshore.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatTest {

    @TempDir
    private Path directory;

    @Test
    void saysWhatJavaSays() throws Exception {
        Path file = Files.writeString(directory.resolve("é"), "hello");
        Files.setLastModifiedTime(file, FileTime.fromMillis(-123_456));
        Files.createLink(directory.resolve("second"), file);
        Files.createSymbolicLink(directory.resolve("link"), Path.of("é"));
        for (Path each : new Path[] {
            file, directory, directory.resolve("link"), Path.of("/dev/null"), Path.of("/"), Path.of("/proc/self/stat")
        }) {
            Map<String, Object> java = Files.readAttributes(
                    each,
                    "unix:mode,uid,gid,rdev,nlink,dev,ino,size,lastModifiedTime,ctime",
                    LinkOption.NOFOLLOW_LINKS);
            Stat stat = Stat.of(each).orElseThrow();
            assertThat(stat.mode()).isEqualTo(java.get("mode"));
            assertThat(stat.uid()).isEqualTo(java.get("uid"));
            assertThat(stat.gid()).isEqualTo(java.get("gid"));
            assertThat(stat.rdev()).isEqualTo(java.get("rdev"));
            assertThat(stat.links()).isEqualTo(java.get("nlink"));
            assertThat(stat.device()).isEqualTo(java.get("dev"));
            assertThat(stat.inode()).isEqualTo(java.get("ino"));
            assertThat(stat.size()).isEqualTo(java.get("size"));
            if (!each.startsWith("/proc")) {
                assertThat(FileTime.from(stat.modified())).isEqualTo(java.get("lastModifiedTime"));
                assertThat(FileTime.from(stat.changed())).isEqualTo(java.get("ctime"));
            }
        }
    }

    @Test
    void whatIsAbsentIsEmpty() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(Stat.of(directory.resolve("none"))).isEmpty();
        assertThat(Stat.of(file.resolve("below"))).isEmpty();
        assertThatThrownBy(() -> Stat.of(directory.resolve("x".repeat(300))))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("errno 36");
    }
}
