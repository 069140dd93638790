package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.luben.zstd.ZstdOutputStream;
import dev.longshore.images.tar.RawTar;
import dev.longshore.linux.Inodes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/// A table of attacks on whoever unpacks an archive, each with what must come of it. Beside what a row expects,
/// nothing outside the root changes in any of them, and nothing hangs: pipes and devices are never opened.
class HostileTarTest {

    private static final LayerUnpacker.Limits LIMITS = new LayerUnpacker.Limits(64 << 20, 1000);
    private static final Inflation.Limit RATIO = new Inflation.Limit(1 << 20, 1_100);
    private static final String OUTSIDE = "@OUTSIDE@";

    @RegisterExtension
    final Scratch scratch = new Scratch();

    private Path outside;
    private Path root;
    private Path lower;

    @BeforeEach
    void needsRoot() throws Exception {
        Needs.root();
        outside = Files.createDirectory(scratch.root().resolve("outside"));
        Files.writeString(outside.resolve("victim"), "untouched");
        lower = Files.createDirectory(scratch.root().resolve("lower"));
        Files.createDirectory(lower.resolve("etc"));
        Files.writeString(lower.resolve("etc/passwd"), "below");
        root = Files.createDirectory(scratch.root().resolve("root"));
    }

    /// What comes of an archive.
    private sealed interface Outcome {
        /// It is refused, with these words.
        record Refused(String words) implements Outcome {}

        /// It is unpacked to just these: path to content, `-> target` of links, `dir`, `device`, `pipe`.
        record Unpacked(Map<String, String> files) implements Outcome {}
    }

    private record Attack(String name, byte[] archive, Outcome outcome) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Attack> attacks() {
        var all = new ArrayList<Attack>();
        names(all);
        links(all);
        nodesAndMarks(all);
        headers(all);
        bombs(all);
        return all.stream();
    }

    private static void names(List<Attack> all) {
        all.add(refused("parent directory", new RawTar().file("../victim", "x"), "leads upward"));
        all.add(refused("parent directory within", new RawTar().file("a/../../victim", "x"), "leads upward"));
        all.add(refused("parent directory at the end", new RawTar().directory("a/.."), "leads upward"));
        all.add(refused("absolute and upward", new RawTar().file("/../../victim", "x"), "leads upward"));
        all.add(unpacked("absolute path", new RawTar().file("/etc/shadow", "x"), "etc", "dir", "etc/shadow", "x"));
        all.add(unpacked("many slashes", new RawTar().file("//./a///b", "x"), "a", "dir", "a/b", "x"));
        all.add(unpacked("a newline in a name", new RawTar().file("a\nb", "x"), "a\nb", "x"));
        all.add(unpacked("no name", new RawTar().file("", "x")));
        all.add(unpacked("the root as a file", new RawTar().file("./", "x")));
        all.add(refused("a NUL in a pax name", new RawTar().pax("path", "a\0b").file("x", "x"), "NUL"));
        all.add(refused(
                "a NUL in a pax link", new RawTar().pax("linkpath", "a\0b").symlink("x", "y"), "NUL"));
        all.add(refused(
                "a component too long",
                new RawTar().pax("path", "n".repeat(256)).file("x", "x"),
                "too long"));
        all.add(refused(
                "a name too long", new RawTar().pax("path", "n/".repeat(3000)).file("x", "x"), "not a file name"));
        all.add(unpacked(
                "GNU long name over pax",
                new RawTar()
                        .pax("path", "pax")
                        .extension('L', "gnu\0ignored".getBytes(StandardCharsets.UTF_8))
                        .file("plain", "x"),
                "gnu",
                "x"));
        all.add(refused(
                "not UTF-8",
                new RawTar().extension('L', new byte[] {'a', (byte) 0xff}).file("x", "x"),
                "UTF-8"));
        all.add(refused("a file as a directory", new RawTar().file("a", "x").file("a/b", "x"), "on the way is a file"));
    }

    private static void links(List<Attack> all) {
        all.add(unpacked(
                "through a link outside",
                new RawTar().symlink("way", OUTSIDE).file("way/victim", "evil"),
                "way",
                "-> " + OUTSIDE,
                OUTSIDE + "/victim",
                "evil"));
        all.add(unpacked(
                "through a link upward",
                new RawTar().symlink("up", "../../../../..").file("up/evil", "evil"),
                "up",
                "-> ../../../../..",
                "evil",
                "evil"));
        all.add(unpacked(
                "through a chain of links",
                new RawTar()
                        .symlink("a", "b")
                        .symlink("b", "c/../..")
                        .symlink("c", "/")
                        .file("a/evil", "x"),
                "a",
                "-> b",
                "b",
                "-> c/../..",
                "c",
                "-> /",
                "evil",
                "x"));
        all.add(refused(
                "links in a circle",
                new RawTar().symlink("a", "b").symlink("b", "a").file("a/x", "x"),
                "too many levels"));
        all.add(unpacked(
                "a file over a link",
                new RawTar().symlink("f", OUTSIDE + "/victim").file("f", "evil"),
                "f",
                "evil"));
        all.add(unpacked(
                "a directory swapped for a link",
                new RawTar()
                        .directory("d")
                        .file("d/a", "1")
                        .symlink("d", OUTSIDE)
                        .file("d/victim", "evil"),
                "d",
                "-> " + OUTSIDE,
                OUTSIDE + "/victim",
                "evil"));
        all.add(unpacked(
                "a link swapped for a directory and back",
                new RawTar()
                        .symlink("d", OUTSIDE)
                        .directory("d")
                        .file("d/a", "1")
                        .symlink("d", OUTSIDE)
                        .directory("d")
                        .file("d/b", "2"),
                "d",
                "dir",
                "d/b",
                "2"));
        all.add(unpacked(
                "a deeper way swapped",
                new RawTar().file("a/b/c/one", "1").symlink("a/b", OUTSIDE).file("a/b/c/two", "2"),
                "a",
                "dir",
                "a/b",
                "-> " + OUTSIDE,
                OUTSIDE + "/c/two",
                "2",
                OUTSIDE + "/c",
                "dir"));
        all.add(refused("a hard link upward", new RawTar().hardLink("stolen", "../outside/victim"), "leads upward"));
        all.add(refused(
                "an absolute hard link", new RawTar().hardLink("stolen", OUTSIDE + "/victim"), "does not exist"));
        all.add(refused(
                "a hard link through a link",
                new RawTar().symlink("out", OUTSIDE).hardLink("stolen", "out/victim"),
                "does not exist"));
        all.add(unpacked(
                "a hard link to a link",
                new RawTar()
                        .symlink("s", OUTSIDE + "/victim")
                        .hardLink("h", "s")
                        .file("h", "evil"),
                "s",
                "-> " + OUTSIDE + "/victim",
                "h",
                "evil"));
        all.add(refused(
                "a hard link to a directory", new RawTar().directory("d").hardLink("h", "d"), "no file"));
        all.add(refused("a hard link to the root", new RawTar().hardLink("h", "/"), "to the root"));
        all.add(refused(
                "a hard link in place of its way",
                new RawTar().file("d/f", "x").hardLink("d", "d/f"),
                "in place of the directory"));
        all.add(unpacked("a hard link to itself", new RawTar().file("f", "x").hardLink("f", "f"), "f", "x"));
        all.add(unpacked(
                "a hard link to the layer below",
                new RawTar().hardLink("copy", "etc/passwd").file("copy", "evil"),
                "etc",
                "dir",
                "etc/passwd",
                "below",
                "copy",
                "evil"));
        all.add(refused("a link to nowhere", new RawTar().symlink("s", ""), "link to nowhere"));
    }

    private static void nodesAndMarks(List<Attack> all) {
        all.add(unpacked("a device", new RawTar().device("null", '3', 1, 3), "null", "device"));
        all.add(unpacked(
                "a device, then a file of its name",
                new RawTar().device("sda", '4', 8, 0).file("sda", "x"),
                "sda",
                "x"));
        all.add(refused(
                "through a device", new RawTar().device("d", '3', 1, 3).file("d/x", "x"), "on the way is a file"));
        all.add(unpacked(
                "a pipe, then a hard link to it",
                new RawTar().member("p", '6', "", "").hardLink("q", "p"),
                "p",
                "pipe",
                "q",
                "pipe"));
        all.add(refused("a whiteout as a device", new RawTar().device("etc", '3', 0, 0), "whiteout"));
        all.add(refused("an impossible device", new RawTar().device("d", '4', 5000, 0), "impossible device"));
        all.add(refused("a whiteout of the parent", new RawTar().file("d/.wh...", ""), "leads upward"));
        all.add(refused("a whiteout of this directory", new RawTar().file("d/.wh..", ""), "whiteout of nothing"));
        all.add(refused("a whiteout of nothing", new RawTar().file("d/.wh.", ""), "whiteout of nothing"));
        all.add(unpacked(
                "a whiteout beyond a link",
                new RawTar().symlink("w", OUTSIDE).file("w/.wh.victim", ""),
                "w",
                "-> " + OUTSIDE,
                OUTSIDE + "/victim",
                "whiteout"));
        all.add(unpacked(
                "an opaque mark beyond a link",
                new RawTar().symlink("w", OUTSIDE).file("w/.wh..wh..opq", ""),
                "w",
                "-> " + OUTSIDE));
        all.add(unpacked(
                "the older file system's marks",
                new RawTar().file(".wh..wh.plnk/1.2", "x").file(".wh..wh.aufs", "x"),
                ".wh..wh.plnk",
                "dir",
                ".wh..wh.plnk/1.2",
                "x"));
        all.add(unpacked(
                "attributes that speak overlayfs",
                new RawTar()
                        .pax("SCHILY.xattr.trusted.overlay.redirect", "/outside")
                        .directory("d"),
                "d",
                "dir"));
    }

    private static void headers(List<Attack> all) {
        all.add(refused("a negative size", new RawTar().header("f", '0', "", RawTar.binary(-512)), "negative size"));
        all.add(refused(
                "a huge size", new RawTar().header("f", '0', "", RawTar.binary(Long.MAX_VALUE)), "holds more than"));
        all.add(refused("a size beyond all numbers", new RawTar().header("f", '0', "", filled(12, 0xbf)), "too large"));
        all.add(refused("a negative pax size", new RawTar().pax("size", "-1").file("f", "x"), "not a number"));
        all.add(refused(
                "a huge pax size",
                new RawTar().pax("size", "9223372036854775807").file("f", "x"),
                "holds more than"));
        all.add(refused(
                "a pax size beyond all numbers",
                new RawTar().pax("size", "99999999999999999999").file("f", "x"),
                "not a number"));
        all.add(unpacked(
                "a pax size over the header's",
                new RawTar()
                        .pax("size", "600")
                        .header("f", '0', "", RawTar.octal(0, 11))
                        .body(filled(600, 'y')),
                "f",
                "y".repeat(600)));
        all.add(unpacked(
                "a directory with a size",
                new RawTar().header("d", '5', "", RawTar.octal(512, 11)).file("f", "x"),
                "d",
                "dir",
                "f",
                "x"));
        all.add(unpacked(
                "a path given twice",
                new RawTar().pax("path", "../evil", "path", "good").file("x", "x"),
                "good",
                "x"));
        all.add(refused(
                "the evil path last",
                new RawTar().pax("path", "good", "path", "../evil").file("x", "x"),
                "leads upward"));
        all.add(refused(
                "a pax header too large",
                new RawTar().header("x", 'x', "", RawTar.octal(2 << 20, 11)),
                "extended header of"));
        all.add(refused(
                "a pax record too long",
                new RawTar()
                        .extension('x', "99 a=b\n".getBytes(StandardCharsets.UTF_8))
                        .file("x", "x"),
                "length is wrong"));
        all.add(refused(
                "a pax record without a key",
                new RawTar()
                        .extension('x', "6 =ab\n".getBytes(StandardCharsets.UTF_8))
                        .file("x", "x"),
                "no key"));
        all.add(refused(
                "an impossible owner", new RawTar().pax("uid", "4294967295").file("x", "x"), "impossible user"));
        all.add(refused("an unknown type", new RawTar().member("x", 'Z', "", ""), "unknown type"));
        all.add(refused("a wrong checksum", flipped(new RawTar().file("x", "x").bytes(), 3), "checksum"));
        all.add(refused(
                "cut in a header", Arrays.copyOf(new RawTar().file("x", "x").open(), 300), "breaks off"));
        all.add(refused(
                "cut in a file",
                Arrays.copyOf(new RawTar().file("x", "long".repeat(500)).open(), 900),
                "breaks off"));
        all.add(refused(
                "a lone block of zeros", new RawTar().raw(new byte[512]).file("x", "x"), "single block of zeros"));
        all.add(unpacked(
                "garbage behind the end",
                new RawTar().file("x", "x").raw(new byte[1024]).file("y", "y").raw(filled(700, 'z')),
                "x",
                "x"));
    }

    private static void bombs(List<Attack> all) {
        all.add(refused("a sparse bomb", sparse("1099511627776", "0,1", "x"), "holds more than"));
        all.add(unpacked("a sparse file of zeros", sparse("1024", "1024,0", ""), "f", "\0".repeat(1024)));
        all.add(refused("pieces over one another", sparse("4096", "0,2,1,2", "xxxx"), "map is wrong"));
        all.add(refused("pieces beyond the end", sparse("10", "9,4", "xxxx"), "map is wrong"));
        all.add(refused("pieces that lack bytes", sparse("4096", "0,4,100,4", "xxxx"), "map is wrong"));
        all.add(refused("half a piece", sparse("4096", "0", "xxxx"), "map is wrong"));
        all.add(refused("a negative piece", sparse("4096", "-4,4", "xxxx"), "not a number"));
        all.add(refused(
                "a sparse map without an end",
                new RawTar()
                        .gnuSparse("f", 0, new byte[0], true, 10)
                        .raw(filled(512, '0'))
                        .open(),
                "breaks off"));
        all.add(refused("a bomb of gzip, absolute", pack("gzip", zeros(80 << 20)), "holds more than"));
        all.add(refused("a bomb of zstd, ratio", pack("zstd", zeros(40 << 20)), "swells"));
        all.add(refused("a bomb of bzip2, ratio", pack("bzip2", zeros(40 << 20)), "swells"));
        all.add(refused("a bomb of xz, ratio", pack("xz", zeros(40 << 20)), "swells"));
        var many = new RawTar();
        for (int i = 0; i < 1001; i++) {
            many.directory("d" + i);
        }
        all.add(refused("very many entries", many, "more than 1000 entries"));
        byte[] good = new RawTar().file("x", "x").bytes();
        for (String how : List.of("gzip", "zstd", "bzip2", "xz")) {
            byte[] packed = pack(how, good);
            all.add(new Attack(how + " as it should be", packed, new Outcome.Unpacked(Map.of("x", "x"))));
            all.add(refused(how + " that breaks off", Arrays.copyOf(packed, packed.length / 2), "breaks off"));
            all.add(refused(how + " that is damaged", flipped(packed, packed.length - 5), "damaged"));
        }
        all.add(refused("garbage behind gzip", joined(pack("gzip", good), filled(100, 'z')), "damaged"));
        byte[] halves = joined(
                pack("gzip", Arrays.copyOf(good, 700)), pack("gzip", Arrays.copyOfRange(good, 700, good.length)));
        all.add(new Attack("gzip in two members", halves, new Outcome.Unpacked(Map.of("x", "x"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void noArchiveEscapes(Attack attack) throws Exception {
        Map<String, String> before = snapshot(outside);
        // The way through which the bytes come has nothing buffered, as a network has.
        InputStream archive = stingy(aimed(attack.archive()));

        Throwable failed = catchThrowable(() -> unpack(archive));

        switch (attack.outcome()) {
            case Outcome.Refused(String words) ->
                assertThat(failed).isInstanceOf(ImageFaultException.class).hasMessageContaining(words);
            case Outcome.Unpacked(Map<String, String> files) -> {
                assertThat(failed).isNull();
                assertThat(interesting(snapshot(root))).isEqualTo(aimed(files));
            }
        }
        assertThat(snapshot(outside)).isEqualTo(before);
        assertThat(Files.readString(lower.resolve("etc/passwd"))).isEqualTo("below");
        assertThat(Files.getAttribute(outside.resolve("victim"), "unix:nlink")).isEqualTo(1);
    }

    @Test
    void whatImagesNeedIsKept() throws Exception {
        byte[] capability = {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        byte[] binary = {(byte) 0xff, 0, (byte) 0xfe};
        byte[] records = joined(
                RawTar.record("SCHILY.xattr.security.capability", capability),
                RawTar.record("SCHILY.xattr.user.binary", binary),
                RawTar.record("uid", "1000".getBytes(StandardCharsets.UTF_8)),
                RawTar.record("mtime", "1700000000.123456789".getBytes(StandardCharsets.UTF_8)));
        byte[] archive = new RawTar()
                .extension('x', records)
                .file("ping", "x")
                .symlink("link", "ping")
                .bytes();

        unpack(new ByteArrayInputStream(archive));

        Path ping = root.resolve("ping");
        assertThat(Inodes.host().attribute(ping, "security.capability")).hasValue(capability);
        assertThat(Inodes.host().attribute(ping, "user.binary")).hasValue(binary);
        assertThat(FileStat.of(ping).orElseThrow().uid()).isEqualTo(1000);
        assertThat(Files.getLastModifiedTime(ping).toInstant()).hasToString("2023-11-14T22:13:20.123456789Z");
        assertThat(Files.getLastModifiedTime(root.resolve("link"), LinkOption.NOFOLLOW_LINKS)
                        .toInstant())
                .hasToString("2023-11-14T22:13:20Z");
    }

    @Test
    void aContextOfStrangersGetsNoDevicesAndItsOddNamesAreNames() throws Exception {
        byte[] archive =
                new RawTar().device("null", '3', 1, 3).file(".wh.name", "x").bytes();

        new LayerUnpacker(root, List.of(), Inodes.host(), LIMITS, false, List.of())
                .unpack(new ByteArrayInputStream(archive));

        assertThat(snapshot(root)).containsExactly(Map.entry(".wh.name", "x"));
    }

    private void unpack(InputStream archive) throws Exception {
        new LayerUnpacker(root, List.of(lower), Inodes.host(), LIMITS).unpack(Compression.open(archive, RATIO));
    }

    private byte[] aimed(byte[] archive) {
        String text = new String(archive, StandardCharsets.ISO_8859_1);
        if (!text.contains(OUTSIDE)) {
            return archive;
        }
        // Names stand in fields of fixed size: what the path is longer is taken from the zeros behind it.
        var rebuilt = new StringBuilder();
        int at = 0;
        for (int found = text.indexOf(OUTSIDE); found >= 0; found = text.indexOf(OUTSIDE, at)) {
            int end = text.indexOf('\0', found);
            String name = text.substring(found, end).replace(OUTSIDE, outside.toString());
            rebuilt.append(text, at, found).append(name);
            at = found + name.length();
        }
        return resealed(rebuilt.append(text, at, text.length()).toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] resealed(byte[] archive) {
        for (int block = 0; block + 512 <= archive.length; block += 512) {
            if (archive[block + 257] == 'u' && archive[block + 258] == 's') {
                Arrays.fill(archive, block + 148, block + 156, (byte) ' ');
                int sum = 0;
                for (int i = block; i < block + 512; i++) {
                    sum += archive[i] & 0xff;
                }
                System.arraycopy(RawTar.octal(sum, 6), 0, archive, block + 148, 6);
                archive[block + 154] = 0;
            }
        }
        return archive;
    }

    private Map<String, String> aimed(Map<String, String> files) {
        var aimed = new TreeMap<String, String>();
        files.forEach((name, content) -> aimed.put(
                name.startsWith(OUTSIDE)
                        ? name.replace(OUTSIDE, outside.toString().substring(1))
                        : name,
                content.replace(OUTSIDE, outside.toString())));
        return aimed;
    }

    /// Without the directories on the way to the place inside that is called like the one outside.
    private Map<String, String> interesting(Map<String, String> files) {
        var interesting = new TreeMap<>(files);
        interesting.keySet().removeIf(name -> outside.toString().substring(1).startsWith(name));
        return interesting;
    }

    private static Map<String, String> snapshot(Path directory) throws Exception {
        var files = new TreeMap<String, String>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) all.filter(p -> !p.equals(directory))::iterator) {
                files.put(directory.relativize(path).toString(), look(path));
            }
        }
        return files;
    }

    private static String look(Path path) throws Exception {
        FileStat stat = FileStat.of(path).orElseThrow();
        return switch (stat.mode() & FileStat.TYPE) {
            case FileStat.DIRECTORY -> "dir";
            case FileStat.SYMLINK -> "-> " + Files.readSymbolicLink(path);
            case FileStat.FIFO -> "pipe";
            case FileStat.FILE -> Files.readString(path);
            default -> stat.isWhiteout() ? "whiteout" : "device";
        };
    }

    private static RawTar sparse(String size, String map, String content) {
        return new RawTar().pax("GNU.sparse.size", size, "GNU.sparse.map", map).file("f", content);
    }

    private static Attack refused(String name, RawTar archive, String words) {
        return refused(name, archive.bytes(), words);
    }

    private static Attack refused(String name, byte[] archive, String words) {
        return new Attack(name, archive, new Outcome.Refused(words));
    }

    private static Attack unpacked(String name, RawTar archive, String... files) {
        var expected = new TreeMap<String, String>();
        for (int i = 0; i < files.length; i += 2) {
            expected.put(files[i], files[i + 1]);
        }
        return new Attack(name, archive.bytes(), new Outcome.Unpacked(expected));
    }

    private static byte[] zeros(int size) {
        return new RawTar()
                .header("f", '0', "", RawTar.octal(size, 11))
                .body(new byte[size])
                .bytes();
    }

    private static byte[] pack(String how, byte[] plain) {
        var packed = new ByteArrayOutputStream();
        try (OutputStream out =
                switch (how) {
                    case "gzip" -> new GZIPOutputStream(packed);
                    case "zstd" -> new ZstdOutputStream(packed).setChecksum(true);
                    case "bzip2" -> new BZip2CompressorOutputStream(packed);
                    default -> new XZOutputStream(packed, new LZMA2Options(1));
                }) {
            out.write(plain);
        } catch (java.io.IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }

    private static byte[] filled(int length, int octet) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) octet);
        return bytes;
    }

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] copy = bytes.clone();
        copy[at] ^= 0x55;
        return copy;
    }

    private static byte[] joined(byte[]... pieces) {
        var all = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }

    private static InputStream stingy(byte[] bytes) {
        return new SequenceInputStream(Collections.enumeration(List.of(
                new ByteArrayInputStream(bytes, 0, bytes.length / 2),
                new ByteArrayInputStream(bytes, bytes.length / 2, bytes.length)))) {
            @Override
            public int available() {
                return 0;
            }
        };
    }
}
