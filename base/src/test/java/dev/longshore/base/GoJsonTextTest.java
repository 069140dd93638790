package dev.longshore.base;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class GoJsonTextTest {

    @Property(tries = 100)
    void writesWhatATreeWouldBeWrittenAs(@ForAll Map<String, List<String>> fields) {
        ObjectNode tree = Json.object();
        var text = new GoJsonText(1).open('{');
        fields.forEach((name, values) -> {
            ArrayNode list = tree.putArray(whole(name));
            text.name(whole(name)).open('[');
            for (String value : values) {
                list.add(whole(value));
                text.text(whole(value));
            }
            text.close(']');
        });

        // Names that differ in halves of letters only are the same name afterwards.
        if (tree.size() == fields.size()) {
            assertThat(new String(text.close('}').toBytes(), UTF_8)).isEqualTo(new String(GoJson.bytes(tree), UTF_8));
        }
    }

    /// A tree is not written at all if it has halves of letters.
    private static String whole(String text) {
        return new String(text.getBytes(UTF_8), UTF_8);
    }

    @Test
    void separatesValuesThatAreWrittenAlready() {
        byte[] one = "{\"x\":1}\n".getBytes(UTF_8);

        byte[] all = new GoJsonText(4)
                .open('[')
                .json(one, one.length - 1)
                .json(one, one.length - 1)
                .open('{')
                .close('}')
                .close(']')
                .newLine()
                .toBytes();

        assertThat(new String(all, UTF_8)).isEqualTo("[{\"x\":1},{\"x\":1},{}]\n");
    }

    @Test
    void putsASignInThePlaceOfHalfALetter() {
        assertThat(new String(new GoJsonText(4).text("a\ud83db\u2028<😀\ude00").toBytes(), UTF_8))
                .isEqualTo("\"a\ufffdb\\u2028\\u003c😀\ufffd\"");
    }
}
