package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class SchemaCheckerTest {

    private final SchemaChecker checker = new SchemaChecker(new Shapes());

    @Test
    void unknownFieldsAreNamedAndDropped() {
        ObjectNode thing =
                thing("{'foo':1,'containers':[{'name':'a','bar':{}}],'labels':{'any':'x'},'raw':{'q':null}}");

        assertThat(checker.clean(thing, Shapes.THING)).containsExactly("spec.foo", "spec.containers[0].bar");
        assertThat(thing).isEqualTo(thing("{'containers':[{'name':'a'}],'labels':{'any':'x'},'raw':{'q':null}}"));
    }

    @Test
    void nullsAreLeftOutAndTimesSpelledAlike() {
        ObjectNode thing = thing("{'replicas':null,'when':'2026-01-02T05:04:05.9+02:00','labels':{'a':null}}");

        checker.clean(thing, Shapes.THING);

        assertThat(thing).isEqualTo(thing("{'when':'2026-01-02T03:04:05Z','labels':{'a':''}}"));
    }

    @Test
    void aValueOfTheWrongTypeIsRefused() {
        assertThatThrownBy(() -> checker.clean(thing("{'replicas':'three'}"), Shapes.THING))
                .hasMessage("Thing in version \"v1\" cannot be handled as a Thing: json: cannot unmarshal string into"
                        + " Go struct field ThingSpec.spec.replicas of type int32");
        assertThatThrownBy(() -> checker.clean(thing("{'replicas':4294967296}"), Shapes.THING))
                .hasMessageContaining("cannot unmarshal number 4294967296");
        assertThatThrownBy(() -> checker.clean(thing("{'containers':{}}"), Shapes.THING))
                .hasMessageContaining("cannot unmarshal object");
        assertThatThrownBy(() -> checker.clean(thing("{'when':'yesterday'}"), Shapes.THING))
                .hasMessageContaining("parsing time");
        assertThatThrownBy(() -> checker.clean(thing("{'containers':[{'ports':[{'size':'1Gx'}]}]}"), Shapes.THING))
                .hasMessageStartingWith(
                        "Thing in version \"v1\" cannot be handled as a Thing: quantities must match the"
                                + " regular expression");
    }

    @Test
    void aPortMayBeANumberOrAName() {
        ObjectNode thing = thing("{'port':80}");
        assertThat(checker.clean(thing, Shapes.THING)).isEmpty();
        assertThat(checker.clean(thing("{'port':'web'}"), Shapes.THING)).isEmpty();
    }

    @Test
    void repeatedFieldsAreFoundWithTheirPaths() {
        byte[] text = "{\"a\":1,\"b\":[{\"c\":1,\"c\":2},{\"c\":1}],\"a\":{\"d\":{\"e\":1,\"e\":1}}}"
                .getBytes(StandardCharsets.UTF_8);

        assertThat(DuplicateFields.find(text)).containsExactly("b[0].c", "a", "a.d.e");
    }

    private static ObjectNode thing(String spec) {
        return (ObjectNode) Json.parse(("{'apiVersion':'v1','kind':'Thing','spec':" + spec + "}").replace('\'', '"'));
    }
}
