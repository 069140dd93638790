package dev.longshore.kinds.kit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPathSyntaxTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text alone, with ] and ) in it",
                "{}",
                "{.spec.replicas}",
                "{.metadata.annotations.example\\.com/colour}",
                "{range .items[*]}{.metadata.name}{\"\\n\"}{end}",
                "{.items[0:3:2]}",
                "{.items[-1].metadata['name','namespace']}",
                "{..image}",
                "{.items[?(@.status.phase==\"Running\")].metadata.name}",
                "{.items[?(@.spec.nodeName)]}",
                "{.data['tls\\.crt']}",
                "{$.a[1].*}"
            })
    void takesWhatKubectlTakes(String template) {
        assertThat(JsonPathSyntax.fault(template)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{.spec          | unclosed action",
                "{.items[0}      | unterminated array",
                "{.items[a]}     | invalid array index a",
                "{.items[-]}     | array index - is not a number",
                "{.items[0,b]}   | invalid array index b",
                "{.items[?(@.a]} | unterminated filter",
                "{.items[?(@.a)} | unclosed array expect ]",
                "{....a}         | invalid multiple recursive descent",
                "{.. ..a}        | invalid multiple recursive descent",
                "{1.2.3}         | cannot parse number 1.2.3",
                "{%}             | unrecognized character in action: U+0025 '%'",
                "{'a}            | unterminated quoted string",
                "{\"\\q\"}       | unquote string \"\\q\" error invalid syntax"
            })
    void saysWhatIsWrongWithOthers(String template, String fault) {
        assertThat(JsonPathSyntax.fault(template)).contains(fault);
    }
}
