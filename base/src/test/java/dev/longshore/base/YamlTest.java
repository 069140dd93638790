package dev.longshore.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class YamlTest {

    @Test
    void readsEveryDocumentAndLeavesEmptyOnesOut() {
        var documents = Yaml.parseAll("a: 1\n---\n---\nb: [x, true, 1.5, null]\n");

        assertThat(documents).hasSize(2);
        assertThat(documents.get(1)).isEqualTo(Json.parse("{\"b\":[\"x\",true,1.5,null]}"));
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> Yaml.parse("a: [1"))
                .isInstanceOf(Json.MalformedException.class)
                .hasMessageContaining("error converting YAML to JSON");
    }

    @Property
    boolean printsWhatItReads(@ForAll String text, @ForAll long number, @ForAll boolean flag) {
        var tree = Json.object();
        tree.put("text", text.replaceAll("[^\\x20-\\x7e\\n]", "?"))
                .put("number", number)
                .put("flag", flag);

        return Json.parse(Json.bytes(Yaml.parse(Yaml.print(tree)))).equals(Json.parse(Json.bytes(tree)));
    }
}
