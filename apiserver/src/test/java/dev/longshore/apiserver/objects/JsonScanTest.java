package dev.longshore.apiserver.objects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.model.FieldPath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonScanTest {

    private static final String POD = """
            {"kind":"Pod","metadata":{"name":"a","labels":{"x":"1","y":"\\"}{"}},"spec":{"containers":[{"nodeName":"no"},
            [1,{"spec":2}]],"text":"\\\\","nodeName":"n1","hostNetwork":true,"priority":-7,"gone":null},"status":{}}""".replace("\n", "");

    @ParameterizedTest
    @CsvSource({
        "spec.nodeName,n1",
        "spec.hostNetwork,true",
        "spec.priority,-7",
        "spec.text,\\",
        "spec.gone,none",
        "spec.containers,none",
        "spec.nodeName.deeper,none",
        "status.phase,none",
        "metadata.name,a",
        "metadata.labels.y,\"}{",
        "missing,none"
    })
    void fieldsAreFoundWhereverTheyStand(String path, String expected) {
        var field = new FieldPath(FieldPath.of(path).steps(), "none");
        var object = new StoredObject(POD.getBytes(StandardCharsets.UTF_8), 1);

        assertThat(object.text(field)).isEqualTo(expected);
        assertThat(object.text(field)).isEqualTo(field.apply(object.resource()));
        assertThat(object.labels()).isEqualTo(Map.of("x", "1", "y", "\"}{"));
    }

    @Property(tries = 300)
    void anyTextIsReadAsItWasWritten(@ForAll String before, @ForAll String text) {
        var tree = Json.object().put("a", before);
        tree.putObject("spec").put("first", before).put("field", text);

        assertThat(JsonScan.text(Json.bytes(tree), List.of("spec", "field"))).contains(text);
    }
}
