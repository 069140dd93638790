package dev.longshore.base;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class GoJsonTest {

    /// What Go 1.26 wrote of a map with this one key, which is its value too.
    private static final String RECORDED = "\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b"
            + "\\f\\r\\u000e\\u000f\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b"
            + "\\u001c\\u001d\\u001e\\u001f\\u003c\\u003e\\u0026'\\\"\\\\/\u007f\u0080\u2027\\u2028\\u2029\u202a😀\ufffd"
            + "\ufeff";

    private static String everything() {
        var text = new StringBuilder();
        for (char each = 0; each < ' '; each++) {
            text.append(each);
        }
        return text + "<>&'\"\\/\u007f\u0080\u2027\u2028\u2029\u202a😀\ufffd\ufeff";
    }

    @Test
    void escapesWhatGoEscapes() {
        JsonNode tree = Json.object().put(everything(), everything());

        assertThat(new String(GoJson.bytes(tree), UTF_8)).isEqualTo("{\"" + RECORDED + "\":\"" + RECORDED + "\"}");
    }

    @Test
    void indentsAsGoDoes() {
        JsonNode tree = Json.parse("{\"a<\":[],\"b\":{},\"c\":[\"<&>\",null]}");

        assertThat(new String(GoJson.prettyBytes(tree), UTF_8)).isEqualTo("""
                {
                  "a\\u003c": [],
                  "b": {},
                  "c": [
                    "\\u003c\\u0026\\u003e",
                    null
                  ]
                }""");
    }

    @Property(tries = 300)
    void whatIsWrittenMeansTheSame(@ForAll String text) {
        JsonNode tree = Json.parse(Json.bytes(Json.object().put("a", text)));

        assertThat(Json.parse(GoJson.bytes(tree))).isEqualTo(tree);
    }
}
