package dev.longshore.images.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TarReaderTest {

    /// A member as it was read, with its content.
    private record Read(TarEntry entry, byte[] content) {}

    @Test
    void theLastOfSeveralExtendedHeadersCountsAndOfOneKeyTheLastValue() throws Exception {
        byte[] archive = new RawTar()
                .pax("path", "first")
                .pax("path", "second", "path", "third")
                .file("plain", "x")
                .file("next", "y")
                .bytes();

        assertThat(names(archive)).containsExactly("third", "next");
    }

    @Test
    void globalHeadersChangeNothing() throws Exception {
        byte[] archive = new RawTar()
                .extension('g', RawTar.record("path", "everywhere".getBytes(StandardCharsets.UTF_8)))
                .file("plain", "x")
                .bytes();

        assertThat(names(archive)).containsExactly("plain");
    }

    @Test
    void gnuLongNamesAndPrefixesAreRead() throws Exception {
        String name = "d/".repeat(200) + "file";
        byte[] archive = new RawTar()
                .extension('K', ("target/" + name + "\0").getBytes(StandardCharsets.UTF_8))
                .extension('L', (name + "\0").getBytes(StandardCharsets.UTF_8))
                .symlink("cut", "cut")
                .bytes();

        TarEntry entry = read(archive).getFirst().entry();

        assertThat(entry.name()).isEqualTo(name);
        assertThat(entry.linkName()).isEqualTo("target/" + name);
    }

    @Test
    void attributesAreReadByteForByte() throws Exception {
        byte[] value = {1, 0, 0, 2, (byte) 0xff, (byte) 0xc3, '\n', '='};
        byte[] archive = new RawTar()
                .extension('x', RawTar.record("SCHILY.xattr.security.capability", value))
                .file("ping", "x")
                .bytes();

        assertThat(read(archive).getFirst().entry().attributes()).containsEntry("security.capability", value);
    }

    @Test
    void anArchiveMayEndWithoutItsMark() throws Exception {
        assertThat(names(new RawTar().file("a", "x").open())).containsExactly("a");
        assertThat(names(new byte[0])).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"gnu,''", "gnu,1", "pax,0.0", "pax,0.1", "pax,1.0"})
    void sparseFilesOfTheRealTarComeBackWhole(String format, String version, @TempDir Path directory) throws Exception {
        Path file = directory.resolve("sparse");
        byte[] expected = new byte[3 << 20];
        try (var channel = java.nio.channels.FileChannel.open(
                file, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE)) {
            // Many pieces, so that the map outgrows the header.
            for (int at = 0; at < expected.length - 65_536; at += 262_144) {
                Arrays.fill(expected, at, at + 5000, (byte) 'x');
                channel.write(java.nio.ByteBuffer.wrap(expected, at, 5000), at);
            }
            channel.write(java.nio.ByteBuffer.wrap(new byte[1]), expected.length - 1);
        }
        var command =
                new ArrayList<>(List.of("tar", "-S", "--format=" + format, "-cf", "-", "-C", directory.toString()));
        if (version.contains(".")) {
            command.add("--sparse-version=" + version);
        }
        command.add("sparse");
        Process tar = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        byte[] archive = tar.getInputStream().readAllBytes();
        assertThat(tar.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(archive.length).isLessThan(expected.length);

        Read read = read(archive).getFirst();

        assertThat(read.entry().name()).isEqualTo("sparse");
        assertThat(read.entry().size()).isEqualTo(expected.length);
        assertThat(read.content()).isEqualTo(expected);
    }

    @Test
    void theRealTarReadsWhatIsWritten(@TempDir Path directory) throws Exception {
        String name = "some/long-" + "name".repeat(40) + "-ünïcode";
        var bytes = new ByteArrayOutputStream();
        var writer = new TarWriter(bytes);
        writer.add(
                new TarEntry(
                        name,
                        TarEntry.Type.FILE,
                        "",
                        5,
                        04755,
                        3_000_000,
                        7,
                        FileTime.fromMillis(1_700_000_000_000L),
                        0,
                        0,
                        Map.of("user.binary", new byte[] {(byte) 0xff, 0})),
                new ByteArrayInputStream("hello".getBytes(StandardCharsets.UTF_8)));
        writer.finish();
        Path file = Files.write(directory.resolve("a.tar"), bytes.toByteArray());

        Process tar = new ProcessBuilder("tar", "--numeric-owner", "--quoting-style=literal", "-tvf", file.toString())
                .redirectErrorStream(true)
                .start();
        String listing = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(tar.waitFor()).isZero();
        assertThat(listing).contains("-rwsr-xr-x 3000000/7", " 5 ", name);
    }

    @Test
    void aFileThatShrankWhileItWasReadIsFilledWithZeros() throws Exception {
        var bytes = new ByteArrayOutputStream();
        var writer = new TarWriter(bytes);
        writer.add(TarEntry.file("a", 600), new ByteArrayInputStream(new byte[] {1}));
        writer.add(TarEntry.file("b", 1), new ByteArrayInputStream(new byte[] {2, 3}));
        writer.finish();

        List<Read> read = read(bytes.toByteArray());

        assertThat(read.getFirst().content()).hasSize(600).startsWith(1, 0);
        assertThat(read.get(1).content()).containsExactly(2);
    }

    @Property(tries = 300)
    void whateverIsWrittenIsReadAgain(@ForAll("members") List<Read> members) throws Exception {
        var bytes = new ByteArrayOutputStream();
        var writer = new TarWriter(bytes);
        for (Read member : members) {
            if (member.entry().type() == TarEntry.Type.FILE) {
                writer.add(member.entry(), new ByteArrayInputStream(member.content()));
            } else {
                writer.add(member.entry());
            }
        }
        writer.finish();

        List<Read> read = read(bytes.toByteArray());

        assertThat(read).hasSameSizeAs(members);
        for (int i = 0; i < read.size(); i++) {
            assertThat(read.get(i).content()).isEqualTo(members.get(i).content());
            assertThat(read.get(i).entry())
                    .usingRecursiveComparison()
                    .isEqualTo(members.get(i).entry());
        }
    }

    @Property(tries = 500)
    void whateverBytesComeTheReaderEndsOrSaysThatTheyAreWrong(
            @ForAll byte[] junk, @ForAll("damage") Map<Integer, Byte> damage) throws Exception {
        byte[] archive = new RawTar()
                .pax("path", "a/b", "mtime", "1.5", "size", "3")
                .file("x", "abc")
                .extension('L', "long\0".getBytes(StandardCharsets.UTF_8))
                .directory("y")
                .raw(junk)
                .bytes();
        damage.forEach((at, octet) -> archive[at % archive.length] = octet);

        try {
            read(archive);
        } catch (MalformedTarException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }

    @Test
    void whatIsNoArchiveIsSaidToBeNone() {
        byte[] junk = new byte[5000];
        Arrays.fill(junk, (byte) 'x');

        assertThatThrownBy(() -> read(junk))
                .isInstanceOf(MalformedTarException.class)
                .hasMessageContaining("not a");
    }

    @Provide
    Arbitrary<Map<Integer, Byte>> damage() {
        return Arbitraries.maps(Arbitraries.integers().between(0, 6000), Arbitraries.bytes())
                .ofMaxSize(6);
    }

    @Provide
    Arbitrary<List<Read>> members() {
        Arbitrary<String> names = Arbitraries.strings()
                .withChars('a', 'b', '/', 'ü', '\n', ' ', '=', '漢')
                .ofMinLength(1)
                .ofMaxLength(300);
        Arbitrary<Map<String, byte[]>> attributes = Arbitraries.maps(
                        Arbitraries.of("user.a", "security.capability", "user.with space"),
                        Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(40))
                .ofMaxSize(2);
        Arbitrary<byte[]> contents = Arbitraries.bytes().array(byte[].class).ofMaxSize(1500);
        return Combinators.combine(
                        names,
                        Arbitraries.of(TarEntry.Type.class),
                        names,
                        contents,
                        Arbitraries.longs().between(0, 0xfffffffeL),
                        Arbitraries.longs().between(0, 1L << 33 - 1),
                        Arbitraries.integers().between(0, 0xfff),
                        attributes)
                .as(TarReaderTest::member)
                .list()
                .ofMaxSize(4);
    }

    private static Read member(
            String name,
            TarEntry.Type type,
            String link,
            byte[] content,
            long owner,
            long seconds,
            int number,
            Map<String, byte[]> attributes) {
        boolean isLink = type == TarEntry.Type.HARD_LINK || type == TarEntry.Type.SYMLINK;
        boolean isDevice = type == TarEntry.Type.CHARACTER_DEVICE || type == TarEntry.Type.BLOCK_DEVICE;
        byte[] kept = type == TarEntry.Type.FILE ? content : new byte[0];
        return new Read(
                new TarEntry(
                        name,
                        type,
                        isLink ? link : "",
                        kept.length,
                        number & 07777,
                        owner,
                        owner / 2,
                        FileTime.from(java.time.Instant.ofEpochSecond(seconds)),
                        isDevice ? number : 0,
                        isDevice ? number * 2 : 0,
                        attributes),
                kept);
    }

    private static List<String> names(byte[] archive) throws IOException {
        return read(archive).stream().map(member -> member.entry().name()).toList();
    }

    private static List<Read> read(byte[] archive) throws IOException {
        var members = new ArrayList<Read>();
        var reader = new TarReader(new ByteArrayInputStream(archive));
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
            boolean isSmall = next.get().size() < 1 << 24;
            byte[] content = new byte[isSmall ? (int) next.get().size() : 0];
            if (isSmall && next.get().type() == TarEntry.Type.FILE) {
                reader.content((offset, bytes, length) -> System.arraycopy(bytes, 0, content, (int) offset, length));
            }
            members.add(new Read(next.get(), content));
        }
        return members;
    }
}
