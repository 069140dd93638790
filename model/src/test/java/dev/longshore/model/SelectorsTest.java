package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorsTest {

    private static final Map<String, String> WEB = Map.of("app", "web", "tier", "front", "size", "5");

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'';true",
                "app=web;true",
                "app==web,tier!=back;true",
                "app=db;false",
                "app in (web, db);true",
                "app notin (web,db),tier;false",
                "none notin (a);true",
                "!none;true",
                "!app;false",
                "tier;true",
                "size>4,size<6;true",
                "size>5;false",
                "app>5;false",
                "app in (,web);true",
                "none in ();false",
                "in in (in);false",
                "app=;false",
                " app = web , tier ;true"
            })
    void labelsFitOrNot(String selector, boolean fits) {
        assertThat(LabelSelector.parse(selector).fits(WEB)).isEqualTo(fits);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=b,", "a b", "a in b", "a in (b", "=b", "a=-", "x within (a)"})
    void unreadableLabelSelectorsAreRefused(String selector) {
        assertThatThrownBy(() -> LabelSelector.parse(selector)).isInstanceOf(FaultException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a=b,;found '', expected: identifier after ','",
                "a b;unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
                "a in b;unable to parse requirement: found 'b' expected: '('",
                "a in (b;unable to parse requirement: found '', expected: ',' or ')'",
                "a in (b) c;found 'c', expected: ',' or 'end of string'",
                "=b;found '=', expected: !, identifier, or 'end of string'",
                "!;unable to parse requirement: found '', expected: identifier",
                "a=(;unable to parse requirement: found '(', expected: identifier",
                "a>b;unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer"
            })
    void unreadableLabelSelectorsAreToldInKubernetesWords(String selector, String message) {
        assertThatThrownBy(() -> LabelSelector.parse(selector))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault().message()).isEqualTo(message));
    }

    @Test
    void unreadableFieldSelectorsAreToldInKubernetesWords() {
        assertThat(refusal("nonsense")).isEqualTo("invalid selector: 'nonsense'; can't understand 'nonsense'");
        assertThat(refusal("a=b=c")).isEqualTo("invalid field selector: unescaped character in value: 61");
        assertThat(refusal("a=\\x")).isEqualTo("invalid field selector: invalid escape sequence: \\x");
    }

    @Test
    void theFirstFieldOfTheAlphabetIsComplainedOfFirst() {
        assertThat(FieldSelector.parse("b=1,,a!=2").requirements())
                .containsExactly(
                        new FieldSelector.Requirement("a", false, "2"), new FieldSelector.Requirement("b", true, "1"));
    }

    @Test
    void fieldsAreQuotedAsGoDoes() {
        assertThat(SelectableFields.METADATA.refusalOf("a\"b\\\u0007\t\u0001\u007f\u00a0\u200bé\ue000%s"))
                .isEqualTo("\"a\\\"b\\\\\\a\\t\\x01\\x7f\\u00a0\\u200bé\\ue000%s\" is not a known field selector: only"
                        + " \"metadata.name\", \"metadata.namespace\"");
    }

    private static String refusal(String fieldSelector) {
        try {
            FieldSelector.parse(fieldSelector);
        } catch (FaultException refused) {
            return refused.fault().message();
        }
        return "";
    }

    @Test
    void selectorsOfObjectsMeanTheSame() {
        var selector = LabelSelector.of(Json.parse("""
                {"matchLabels":{"app":"web"},"matchExpressions":[{"key":"tier","operator":"In","values":["front"]},
                {"key":"none","operator":"DoesNotExist"}]}"""));

        assertThat(selector.fits(WEB)).isTrue();
        assertThat(selector.fits(Map.of("app", "web"))).isFalse();
        assertThat(LabelSelector.parse(selector.toString()).fits(WEB)).isTrue();
    }

    @Test
    void fieldsAreReadAsTheDefinitionSays() {
        Map<String, String> fields = Map.of("metadata.name", "web", "spec.nodeName", "n1");
        UnaryOperator<String> reader = field -> fields.getOrDefault(field, "");

        assertThat(FieldSelector.parse("spec.nodeName=n1,metadata.name!=x").fits(reader))
                .isTrue();
        assertThat(FieldSelector.parse("spec.nodeName==n2").fits(reader)).isFalse();
        assertThat(FieldSelector.parse("metadata.name=web").onlyName()).contains("web");
        assertThat(FieldSelector.parse("a=b\\,c\\=d").requirements().getFirst().value())
                .isEqualTo("b,c=d");
        assertThatThrownBy(() -> FieldSelector.parse("nonsense")).isInstanceOf(FaultException.class);
    }
}
