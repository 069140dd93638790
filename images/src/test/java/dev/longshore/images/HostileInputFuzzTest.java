package dev.longshore.images;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.longshore.images.tar.MalformedTarException;
import dev.longshore.images.tar.TarReader;
import dev.longshore.linux.Inodes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Fuzz targets for what strangers send. In the build each known input is tried once; to look for more, one method at a
/// time: `mvn -Dfast -pl images -am test -Djazzer -Dtest='HostileInputFuzzTest#archives'
/// -Dsurefire.failIfNoSpecifiedTests=false`.
class HostileInputFuzzTest {

    @FuzzTest(maxDuration = "60s")
    void archives(byte[] data) throws IOException {
        try (var in = Compression.open(new ByteArrayInputStream(data), new Inflation.Limit(1 << 20, 50))) {
            var reader = new TarReader(in);
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                long size = next.get().size();
                EntryNames.checked(next.get().name());
                reader.content((offset, bytes, length) -> {
                    if (offset < 0 || length < 0 || offset + length > size) {
                        throw new AssertionError("content beyond its end: %d+%d of %d".formatted(offset, length, size));
                    }
                });
                if (size < 0 || next.get().uid() < 0 || next.get().name().indexOf('\0') >= 0) {
                    throw new AssertionError("impossible: " + next.get());
                }
            }
        } catch (MalformedTarException refused) {
            requireText(refused);
        } catch (ImageFaultException refused) {
            requireKind(refused, ImageFault.Malformed.class);
        }
    }

    /// Beside the root that is unpacked into lies `outside`, to which a link in the layer below leads, too.
    @EnabledIfSystemProperty(named = "user.name", matches = "root")
    @FuzzTest(maxDuration = "60s")
    void layers(byte[] data) throws IOException {
        Path scratch = Files.createTempDirectory("fuzz");
        try {
            Path outside = Files.createDirectory(scratch.resolve("outside"));
            Files.writeString(outside.resolve("a"), "untouched");
            Path lower = Files.createDirectory(scratch.resolve("lower"));
            Files.createSymbolicLink(lower.resolve("b"), outside);
            for (boolean isLayer : new boolean[] {true, false}) {
                unpack(data, Files.createDirectory(scratch.resolve(isLayer ? "layer" : "files")), lower, isLayer);
            }
            requireOnly(scratch, "files", "layer", "lower", "outside");
            requireOnly(outside, "a");
            requireOnly(lower, "b");
            if (!Files.readString(outside.resolve("a")).equals("untouched")) {
                throw new AssertionError("an archive wrote outside its root");
            }
        } finally {
            Overlay.deleteTree(scratch);
        }
    }

    private static void unpack(byte[] data, Path root, Path lower, boolean isLayer) throws IOException {
        try (var in = Compression.open(new ByteArrayInputStream(data), new Inflation.Limit(1 << 20, 50))) {
            var limits = new LayerUnpacker.Limits(1 << 20, 1000);
            new LayerUnpacker(root, List.of(lower), Inodes.host(), limits, isLayer, List.of()).unpack(in);
        } catch (ImageFaultException refused) {
            requireKind(refused, ImageFault.Malformed.class);
        }
    }

    private static void requireOnly(Path directory, String... names) throws IOException {
        List<String> there = Overlay.children(directory).stream()
                .map(child -> child.getFileName().toString())
                .sorted()
                .toList();
        if (!there.equals(List.of(names))) {
            throw new AssertionError("%s has %s".formatted(directory.getFileName(), there));
        }
    }

    @FuzzTest(maxDuration = "60s")
    void references(byte[] data) {
        try {
            Reference reference = Reference.parse(new String(data, StandardCharsets.UTF_8));
            if (!Reference.parse(reference.toString()).equals(reference)
                    || !Reference.parse(reference.familiar()).equals(reference)) {
                throw new AssertionError("not the same when spelled out: " + reference);
            }
        } catch (ImageFaultException refused) {
            requireKind(refused, ImageFault.InvalidReference.class);
        }
    }

    @FuzzTest(maxDuration = "60s")
    void manifests(byte[] data) {
        try {
            Manifest.parse(data, "").children().forEach(Descriptor::json);
        } catch (ImageFaultException refused) {
            requireKind(refused, ImageFault.class);
        }
        try {
            ImageConfig.parse(data).bytes();
        } catch (ImageFaultException refused) {
            requireKind(refused, ImageFault.class);
        }
    }

    private static void requireText(Exception refused) {
        if (refused.getMessage() == null || refused.getMessage().isBlank()) {
            throw new AssertionError("refused without a word", refused);
        }
    }

    private static void requireKind(ImageFaultException refused, Class<?> kind) {
        if (!kind.isInstance(refused.fault())) {
            throw new AssertionError("refused for an odd reason", refused);
        }
    }
}
