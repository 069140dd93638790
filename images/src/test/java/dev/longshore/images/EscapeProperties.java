package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.images.tar.RawTar;
import dev.longshore.linux.Inodes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/// Whatever an archive says, nothing outside its root changes; whatever a name or a manifest says, it is understood
/// or refused.
class EscapeProperties {

    private static final String UP = "../".repeat(12);

    private Path scratch;
    private Path outside;
    private Path lower;

    private record Member(char type, String name, String link, boolean isPax) {}

    @BeforeTry
    void aPlaceWithNeighbours() throws IOException {
        scratch = Files.createTempDirectory("escape");
        outside = Files.createDirectories(scratch.resolve("outside"));
        Files.writeString(outside.resolve("a"), "untouched");
        Files.createDirectory(outside.resolve("b"));
        Files.createSymbolicLink(outside.resolve("c"), Path.of("a"));
        lower = Files.createDirectories(scratch.resolve("lower/d/a"))
                .getParent()
                .getParent();
        Files.createSymbolicLink(lower.resolve("b"), outside);
        Files.createSymbolicLink(lower.resolve("c"), Path.of("d/../../outside"));
        Files.createDirectory(scratch.resolve("root"));
    }

    @AfterTry
    void clean() throws IOException {
        Overlay.deleteTree(scratch);
    }

    @Property(tries = 250)
    void nothingOutsideTheRootChanges(@ForAll("members") List<Member> members, @ForAll boolean isLayer)
            throws Exception {
        Assume.that("root".equals(System.getProperty("user.name")));
        var tar = new RawTar();
        for (Member member : members) {
            add(tar, member);
        }
        Map<String, String> before = snapshot();

        try {
            new LayerUnpacker(
                            scratch.resolve("root"),
                            List.of(lower),
                            Inodes.host(),
                            new LayerUnpacker.Limits(1 << 20, 100),
                            isLayer,
                            List.of())
                    .unpack(new ByteArrayInputStream(tar.bytes()));
        } catch (ImageFaultException refused) {
            assertThat(refused.fault()).isInstanceOf(ImageFault.Malformed.class);
        }

        assertThat(snapshot()).isEqualTo(before);
    }

    @Property(tries = 300)
    void aReferenceIsRefusedOrMeansTheSameWhenItIsSpelledOut(@ForAll("names") String text) {
        try {
            Reference reference = Reference.parse(text);
            assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
            assertThat(Reference.parse(reference.familiar())).isEqualTo(reference);
        } catch (ImageFaultException refused) {
            assertThat(refused.fault()).isInstanceOf(ImageFault.InvalidReference.class);
        }
    }

    @Property(tries = 200)
    void aManifestIsUnderstoodOrRefused(@ForAll("documents") String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            assertThat(Manifest.parse(bytes, "").children()).doesNotContainNull();
        } catch (ImageFaultException refused) {
            assertThat(refused.fault()).isInstanceOf(ImageFault.Malformed.class);
        }
        try {
            assertThat(ImageConfig.parse(bytes).chainIds()).doesNotContainNull();
        } catch (ImageFaultException refused) {
            assertThat(refused.fault()).isInstanceOf(ImageFault.Malformed.class);
        }
    }

    @Provide
    Arbitrary<List<Member>> members() {
        Arbitrary<String> piece = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(12, Arbitraries.of("a", "b", "c", "d", ".", "")),
                net.jqwik.api.Tuple.of(2, Arbitraries.of(".wh.a", ".wh.b", ".wh..wh..opq", ".wh...", ".wh.")),
                net.jqwik.api.Tuple.of(1, Arbitraries.of("..")));
        Arbitrary<String> names = piece.list().ofMinSize(1).ofMaxSize(3).map(pieces -> String.join("/", pieces));
        Arbitrary<String> links = Arbitraries.oneOf(
                names, Arbitraries.of("@", "@/a", "@/b", UP + "tmp", "/", "..", "../outside/a", "../../lower/d", "."));
        return Combinators.combine(
                        Arbitraries.of('0', '0', '1', '1', '2', '2', '2', '5', '6', '3'),
                        names,
                        links,
                        Arbitraries.of(true, false))
                .as(Member::new)
                .list()
                .ofMaxSize(14);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings()
                .withChars("abcXYZ019./:@-_[]% sha256:ü".toCharArray())
                .ofMaxLength(40);
    }

    @Provide
    Arbitrary<String> documents() {
        return documents(3)
                .map(text -> text.startsWith("{") ? text.replaceFirst("\\{", "{\"schemaVersion\":2,") : text)
                .map(text -> text.replace(",}", "}"));
    }

    private static Arbitrary<String> documents(int depth) {
        Arbitrary<String> scalar = Arbitraries.of(
                "1",
                "2",
                "-1",
                "null",
                "true",
                "\"x\"",
                "\"sha256:" + "a".repeat(64) + "\"",
                "99999999999999999999",
                "\"application/vnd.oci.image.index.v1+json\"",
                "\"application/vnd.oci.image.manifest.v1+json\"");
        Arbitrary<String> keys = Arbitraries.of(
                "schemaVersion",
                "mediaType",
                "config",
                "layers",
                "manifests",
                "digest",
                "size",
                "platform",
                "annotations",
                "subject",
                "rootfs",
                "diff_ids",
                "history",
                "created",
                "Env",
                "Healthcheck");
        if (depth == 0) {
            return scalar;
        }
        Arbitrary<String> inner = documents(depth - 1);
        return Arbitraries.oneOf(scalar, list(inner), object(keys, inner), object(keys, inner));
    }

    private static Arbitrary<String> list(Arbitrary<String> values) {
        return values.list().ofMaxSize(3).map(all -> "[" + String.join(",", all) + "]");
    }

    private static Arbitrary<String> object(Arbitrary<String> keys, Arbitrary<String> values) {
        return Combinators.combine(keys, values)
                .as((key, value) -> "\"" + key + "\":" + value)
                .list()
                .ofMaxSize(5)
                .map(all -> "{" + String.join(",", all) + "}");
    }

    private void add(RawTar tar, Member member) {
        String link = member.link().replace("@", outside.toString());
        if (member.isPax()) {
            tar.pax("path", member.name(), "linkpath", link);
        }
        switch (member.type()) {
            case '3' -> tar.device(member.name(), '3', 1, 7);
            case '0' -> tar.file(member.name(), "evil");
            default -> tar.member(member.name(), member.type(), link, "");
        }
    }

    /// All but the root itself, with everything that could change.
    private Map<String, String> snapshot() throws IOException {
        var files = new TreeMap<String, String>();
        try (Stream<Path> all = Files.walk(scratch)) {
            for (Path path : (Iterable<Path>) all.filter(p -> !p.startsWith(scratch.resolve("root")))::iterator) {
                FileStat stat = FileStat.of(path).orElseThrow();
                String content = stat.isFile() ? Files.readString(path) : "";
                files.put(
                        path.toString(),
                        "%o %d %d %s %s"
                                .formatted(
                                        stat.mode(),
                                        stat.uid(),
                                        stat.isFile() ? stat.links() : 0,
                                        path.equals(scratch) ? "" : stat.modified(),
                                        content));
            }
        }
        return files;
    }
}
