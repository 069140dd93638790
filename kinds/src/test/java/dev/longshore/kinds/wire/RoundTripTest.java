package dev.longshore.kinds.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.longshore.base.Json;
import dev.longshore.kinds.Cluster;
import dev.longshore.kinds.KindSchemas;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Every kind in every version, each field with a value: to messages and back.
class RoundTripTest {

    private final List<ResourceDefinition> kinds = new Cluster().kinds;
    private final FilledObjects filled = new FilledObjects(new KindSchemas());
    private final OfficialMessages official = new OfficialMessages();
    private final ProtobufCodec codec = new ProtobufCodec();

    @Test
    void whatIsWrittenIsReadAsItWas() {
        for (ResourceDefinition definition : kinds) {
            ObjectNode object = filled.of(definition.kind(), definition.schema());

            assertSame(definition, object, codec.decode(codec.encode(object)).tree());
            byte[] written = codec.encode(definition.kind(), Json.bytes(object));
            assertSame(definition, object, codec.decode(written).tree());
        }
    }

    @Test
    void theOfficialLibraryReadsWhatIsWritten() throws InvalidProtocolBufferException {
        int compared = 0;
        for (ResourceDefinition definition : kinds) {
            var type = official.find(message(definition.kind()));
            if (type.isPresent()) {
                ObjectNode object = filled.of(definition.kind(), definition.schema());
                byte[] raw = raw(codec.encode(object));
                object.remove(List.of("apiVersion", "kind"));

                assertSame(definition, object, official.json(type.get(), raw));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(60);
    }

    @Test
    void whatTheOfficialLibraryWritesIsRead() {
        for (ResourceDefinition definition : kinds) {
            var type = official.find(message(definition.kind()));
            if (type.isPresent()) {
                ObjectNode object = filled.of(definition.kind(), definition.schema());
                var out = new WireWriter(0);
                byte[] raw = official.bytes(type.get(), object);
                Envelope.write(definition.kind(), out, () -> out.raw(raw, 0, raw.length));

                assertSame(definition, object, codec.decode(out.toBytes()).tree());
            }
        }
    }

    private static void assertSame(ResourceDefinition definition, JsonNode expected, JsonNode actual) {
        assertThat(difference(definition.kind().toString(), expected, actual)).isEmpty();
    }

    /// The first place where two trees differ; empty if they do not.
    private static String difference(String path, JsonNode expected, JsonNode actual) {
        if (expected instanceof ObjectNode object && actual.isObject() && expected.size() == actual.size()) {
            return object.properties().stream()
                    .map(entry ->
                            difference(path + "." + entry.getKey(), entry.getValue(), actual.path(entry.getKey())))
                    .filter(found -> !found.isEmpty())
                    .findFirst()
                    .orElse("");
        }
        if (expected.isArray() && actual.isArray() && expected.size() == actual.size()) {
            return IntStream.range(0, expected.size())
                    .mapToObj(i -> difference(path + "[" + i + "]", expected.get(i), actual.get(i)))
                    .filter(found -> !found.isEmpty())
                    .findFirst()
                    .orElse("");
        }
        boolean areSame = expected.isNumber() && actual.isNumber()
                ? expected.asDouble() == actual.asDouble()
                : expected.equals(actual);
        return areSame ? "" : path + ": " + expected + " became " + actual;
    }

    private static byte[] raw(byte[] enveloped) {
        return WireReader.copy(Envelope.read(enveloped).raw());
    }

    private static String message(GroupVersionKind kind) {
        return Messages.table().nameOf(kind).orElseThrow();
    }
}
