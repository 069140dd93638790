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
                .hasMessageStartingWith("yaml: ");
    }

    @Test
    void readsOnlyTheFirstDocumentWhenOneIsWanted() {
        assertThat(Yaml.parse("---\n---\na: 1\n---\nb: 2\n")).isEqualTo(Json.parse("{\"a\":1}"));
    }

    @Test
    void refusesBombs() {
        var text = new StringBuilder("a0: &a0 [x, x, x]\n");
        for (int i = 1; i < 16; i++) {
            text.append("a%d: &a%d [*a%d, *a%d, *a%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
        }
        assertThatThrownBy(() -> Yaml.parse(text.toString())).isInstanceOf(Json.MalformedException.class);
        assertThatThrownBy(() -> Yaml.parse("&a [*a]")).isInstanceOf(Json.MalformedException.class);
        assertThatThrownBy(() -> Yaml.parse("&a {a: *a}")).isInstanceOf(Json.MalformedException.class);
    }

    @Test
    void refusesDepthQuickly() {
        for (String deep : new String[] {"[", "{a: ", "- ", "? "}) {
            assertThatThrownBy(() -> Yaml.parse(deep.repeat(500_000)))
                    .isInstanceOf(Json.MalformedException.class)
                    .hasMessageContaining("exceeded max depth");
        }
    }

    @Test
    void buildsNoObjectsOfOurs() {
        for (String tagged :
                new String[] {"!!java.net.URL [x]", "a: !foo b", "!!binary x", "? [a, b]\n: c", "<<: [x]"}) {
            try {
                Yaml.parse(tagged);
            } catch (Json.MalformedException refused) {
                assertThat(refused.getMessage()).startsWith("yaml: ").doesNotContain("\n");
            }
        }
    }

    @Property
    void neverFailsInAnotherWay(@ForAll String text) {
        try {
            Yaml.parseAll(text);
        } catch (Json.MalformedException refused) {
            assertThat(refused.getMessage()).matches("(?s)(yaml|json): .*");
        }
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
