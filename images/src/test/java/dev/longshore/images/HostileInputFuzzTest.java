package dev.longshore.images;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.longshore.images.tar.MalformedTarException;
import dev.longshore.images.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

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
