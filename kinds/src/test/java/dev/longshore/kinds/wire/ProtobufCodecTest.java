package dev.longshore.kinds.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import dev.longshore.model.FaultException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ProtobufCodecTest {

    private static final int NOT_FIELD = 28;

    private final ProtobufCodec codec = new ProtobufCodec();

    @Test
    void mapsAndBytesAndInlineMessagesAreRead() {
        byte[] metadata = message(text(1, "cm"), part(11, message(text(1, "a"), text(2, "b"))));
        byte[] body = envelope(
                "v1",
                "ConfigMap",
                message(
                        part(1, metadata),
                        part(2, message(text(1, "key"), text(2, "value"))),
                        part(3, message(text(1, "raw"), part(2, new byte[] {1, 2})))));

        assertThat(codec.decode(body).tree()).isEqualTo(Json.parse("""
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"cm","labels":{"a":"b"}},
                "data":{"key":"value"},"binaryData":{"raw":"AQI="}}"""));
    }

    @Test
    void whatGoWritesEmptyIsLeftOutUnlessItMeansSomething() {
        byte[] port = message(
                text(1, ""), text(2, ""), number(3, 80), part(4, message(number(1, 0), number(2, 0))), number(5, 0));
        byte[] service = envelope("v1", "Service", message(part(2, message(part(1, port)))));
        assertThat(codec.decode(service).at("spec").toString()).isEqualTo("{\"ports\":[{\"port\":80}]}");

        byte[] deployment = envelope("apps/v1", "Deployment", message(part(2, message(number(1, 0), number(5, 0)))));
        assertThat(codec.decode(deployment).at("spec").toString()).isEqualTo("{\"replicas\":0}");
    }

    @Test
    void quantitiesTimesAndNumbersOrNamesAreSpelledAsInJson() {
        byte[] rolling =
                message(part(1, message(number(1, 1), text(3, "25%"))), part(2, message(number(1, 0), number(2, 0))));
        byte[] deployment = envelope(
                "apps/v1",
                "Deployment",
                message(
                        part(1, message(part(8, message(number(1, 1_767_225_600L))))),
                        part(2, message(part(4, message(text(1, "RollingUpdate"), part(2, rolling)))))));

        var decoded = codec.decode(deployment);

        assertThat(decoded.text("metadata", "creationTimestamp")).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(decoded.at("spec", "strategy", "rollingUpdate").toString())
                .isEqualTo("{\"maxUnavailable\":\"25%\",\"maxSurge\":0}");
    }

    @Test
    void optionsAreReadAsWell() {
        byte[] options = envelope("v1", "DeleteOptions", message(number(1, 0), text(4, "Background")));

        assertThat(codec.decode(options).tree().path("gracePeriodSeconds").asInt(-1))
                .isZero();
        assertThat(codec.decode(options).text("propagationPolicy")).isEqualTo("Background");
    }

    @Test
    void cutForeignAndDeeplyNestedBodiesAreRefused() {
        byte[] good = envelope("v1", "ConfigMap", message(part(1, message(text(1, "cm")))));
        for (int length = good.length - 6; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(FaultException.class);
        }
        byte[] unknown = envelope("example.com/v1", "Widget", new byte[0]);
        assertThatThrownBy(() -> codec.decode(unknown)).hasMessageContaining("no message is known");
        byte[] schema = new byte[0];
        for (int i = 0; i < 200; i++) {
            schema = part(NOT_FIELD, schema);
        }
        byte[] version = part(4, part(1, schema));
        byte[] deep = envelope("apiextensions.k8s.io/v1", "CustomResourceDefinition", part(2, part(7, version)));
        assertThatThrownBy(() -> codec.decode(deep)).hasMessageContaining("too deeply nested");
    }

    private static byte[] envelope(String apiVersion, String kind, byte[] object) {
        byte[] unknown = message(part(1, message(text(1, apiVersion), text(2, kind))), part(2, object));
        return message(new byte[] {'k', '8', 's', 0}, unknown);
    }

    private static byte[] message(byte[]... fields) {
        var out = new ByteArrayOutputStream();
        for (byte[] field : fields) {
            out.writeBytes(field);
        }
        return out.toByteArray();
    }

    private static byte[] text(int field, String text) {
        return part(field, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] part(int field, byte[] content) {
        return message(varint((long) field << 3 | 2), varint(content.length), content);
    }

    private static byte[] number(int field, long value) {
        return message(varint((long) field << 3), varint(value));
    }

    private static byte[] varint(long value) {
        var out = new ByteArrayOutputStream();
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return out.toByteArray();
    }
}
