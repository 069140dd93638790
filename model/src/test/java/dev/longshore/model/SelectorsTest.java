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
                "app>5;false"
            })
    void labelsFitOrNot(String selector, boolean fits) {
        assertThat(LabelSelector.parse(selector).fits(WEB)).isEqualTo(fits);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=b,", "a b", "a in b", "a in (b", "=b", "a=-", "x within (a)"})
    void unreadableLabelSelectorsAreRefused(String selector) {
        assertThatThrownBy(() -> LabelSelector.parse(selector)).isInstanceOf(FaultException.class);
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
