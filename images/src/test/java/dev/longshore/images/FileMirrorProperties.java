package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.images.tar.TarEntry;
import dev.longshore.images.tar.TarWriter;
import dev.longshore.linux.Inodes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeProperty;

/// Whatever archives come one after the other, a mirror is what the last of them unpacks to in an empty directory.
class FileMirrorProperties {

    private final Inodes inodes = Inodes.host();

    @BeforeProperty
    void needsRoot() {
        Needs.root();
    }

    @Property(tries = 400)
    void mirrorIsWhatAnEmptyDirectoryWouldBecome(@ForAll("archives") List<List<TarEntry>> archives) throws IOException {
        Path scratch = Files.createTempDirectory("mirror");
        try {
            var mirror = new FileMirror(Files.createDirectory(scratch.resolve("mirror")), inodes);
            for (List<TarEntry> entries : archives) {
                byte[] archive = archive(entries);
                Path fresh = Files.createDirectory(scratch.resolve("fresh"));
                boolean isPossible = isPossible(archive, fresh);
                Map<String, String> expected = isPossible ? look(fresh) : Map.of();
                Overlay.deleteTree(fresh);
                try {
                    unpacker(mirror).unpack(new ByteArrayInputStream(archive));
                } catch (ImageFaultException refused) {
                    assertThat(isPossible).isFalse();
                    return;
                }
                assertThat(isPossible).isTrue();
                assertThat(look(mirror.directory())).isEqualTo(expected);
                if (!mirror.isExact()) {
                    return;
                }
                assertSumsAreRight(mirror);
            }
        } finally {
            Overlay.deleteTree(scratch);
        }
    }

    @Provide
    Arbitrary<List<List<TarEntry>>> archives() {
        Arbitrary<String> names = Arbitraries.of("a", "b", "a/b", "a/c", "a/b/c", "b/c", "./a/b", "d/");
        Arbitrary<TarEntry.Type> types = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, Arbitraries.of(TarEntry.Type.FILE)),
                net.jqwik.api.Tuple.of(3, Arbitraries.of(TarEntry.Type.DIRECTORY)),
                net.jqwik.api.Tuple.of(
                        1, Arbitraries.of(TarEntry.Type.SYMLINK, TarEntry.Type.HARD_LINK, TarEntry.Type.FIFO)));
        Arbitrary<TarEntry> entries = Combinators.combine(
                        names,
                        types,
                        Arbitraries.of(0644, 04755),
                        Arbitraries.of(0L, 7L),
                        Arbitraries.of(0L, 1000L),
                        Arbitraries.integers().between(0, 2))
                .as((name, type, mode, owner, time, size) -> new TarEntry(
                        name,
                        type,
                        type == TarEntry.Type.SYMLINK || type == TarEntry.Type.HARD_LINK ? "a/b" : "",
                        type == TarEntry.Type.FILE ? size : 0,
                        mode,
                        owner,
                        0,
                        FileTime.fromMillis(time),
                        0,
                        0,
                        size == 2 && type == TarEntry.Type.FILE
                                ? Map.of("user.x", new byte[] {mode.byteValue()})
                                : Map.of()));
        return entries.list().ofMaxSize(6).list().ofMinSize(2).ofMaxSize(4);
    }

    private MirrorUnpacker unpacker(FileMirror mirror) {
        var rest =
                new LayerUnpacker(mirror.directory(), List.of(), inodes, LayerUnpacker.Limits.USUAL, false, List.of());
        return new MirrorUnpacker(mirror, rest, LayerUnpacker.Limits.USUAL);
    }

    private boolean isPossible(byte[] archive, Path directory) throws IOException {
        try {
            new LayerUnpacker(directory, List.of(), inodes, LayerUnpacker.Limits.USUAL, false, List.of())
                    .unpack(new ByteArrayInputStream(archive));
            return true;
        } catch (ImageFaultException refused) {
            return false;
        }
    }

    /// Contents differ by mode and time, so that size and time alone say nothing.
    private static byte[] archive(List<TarEntry> entries) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var tar = new TarWriter(bytes);
        for (TarEntry entry : entries) {
            if (entry.type() == TarEntry.Type.FILE) {
                String content = (entries.size() % 2 == 0 ? "xy" : "zw").substring(0, (int) entry.size());
                tar.add(entry, new ByteArrayInputStream(content.getBytes(StandardCharsets.US_ASCII)));
            } else {
                tar.add(entry);
            }
        }
        tar.finish();
        return bytes.toByteArray();
    }

    private Map<String, String> look(Path root) throws IOException {
        var found = new TreeMap<String, String>();
        var firsts = new HashMap<String, String>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : (Iterable<Path>) all.sorted()::iterator) {
                FileStat stat = FileStat.of(path).orElseThrow();
                String name = root.relativize(path).toString();
                // A directory that nobody described was made just now.
                boolean isTimed = stat.modified().toMillis() < 100_000 || !stat.isDirectory();
                found.put(
                        name,
                        Integer.toOctalString(stat.mode()) + " " + stat.uid() + ":" + stat.gid() + " "
                                + (isTimed ? stat.modified() : "now") + " "
                                + (stat.isDirectory() ? "" : firsts.computeIfAbsent(stat.identity(), any -> name))
                                + " " + content(path, stat));
            }
        }
        found.remove("");
        return found;
    }

    private String content(Path path, FileStat stat) throws IOException {
        if (stat.isSymlink()) {
            return Files.readSymbolicLink(path).toString();
        }
        return stat.isFile() ? Files.readString(path) + inodes.attributes(path).keySet() : "";
    }

    private static void assertSumsAreRight(FileMirror mirror) throws IOException {
        try (Stream<Path> all = Files.walk(mirror.directory())) {
            for (Path path : (Iterable<Path>) all::iterator) {
                if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    assertThat(mirror.sum(path))
                            .contains(dev.longshore.base.Digest.sha256(Files.readAllBytes(path))
                                    .hex());
                }
            }
        }
    }
}
