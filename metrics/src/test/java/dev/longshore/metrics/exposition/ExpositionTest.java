package dev.longshore.metrics.exposition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {

    private static List<Sample> read(String text) throws MalformedExpositionException {
        var samples = new ArrayList<Sample>();
        Exposition.read(text, 100, samples::add);
        return samples;
    }

    @Test
    void namesLabelsValuesAndTimesAreReadAndCommentsSkipped() throws Exception {
        assertThat(read("""
                        # HELP http_requests_total Requests.
                        # TYPE http_requests_total counter
                        http_requests_total{method="post",code="200"} 1027 1395066363000

                        up 1
                          spaced  {  a = "b" , }  2.5e3 \t
                        job:rate:sum{le="+Inf"} +Inf
                        """))
                .containsExactly(
                        new Sample(
                                "http_requests_total",
                                Map.of("method", "post", "code", "200"),
                                1027,
                                OptionalLong.of(1395066363000L)),
                        new Sample("up", Map.of(), 1, OptionalLong.empty()),
                        new Sample("spaced", Map.of("a", "b"), 2500, OptionalLong.empty()),
                        new Sample(
                                "job:rate:sum", Map.of("le", "+Inf"), Double.POSITIVE_INFINITY, OptionalLong.empty()));
    }

    @Test
    void escapesInLabelsAreTakenBack() throws Exception {
        assertThat(read("m{path=\"C:\\\\DIR\\\\\",error=\"no \\\"file\\\"\\n}, {\",odd=\"\\x\"} 1")
                        .getFirst()
                        .labels())
                .isEqualTo(Map.of("path", "C:\\DIR\\", "error", "no \"file\"\n}, {", "odd", "\\x"));
    }

    @Test
    void namesMayBeQuoted() throws Exception {
        assertThat(read("{\"http.server.requests\",\"a.b\"=\"c\"} 3"))
                .containsExactly(new Sample("http.server.requests", Map.of("a.b", "c"), 3, OptionalLong.empty()));
    }

    @ParameterizedTest
    @CsvSource({"NaN, NaN", "nan, NaN", "-Inf, -Infinity", "inf, Infinity", "1., 1", ".5, 0.5", "-2e-3, -0.002"})
    void valuesAreReadAsGoReadsThem(String text, Double value) throws Exception {
        assertThat(read("m " + text).getFirst().value()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "m",
                "m one",
                "m 1d",
                "m 1 2 3",
                "m 1 now",
                "{} 1",
                "9m 1",
                "m{a} 1",
                "m{a=b} 1",
                "m{a=\"b} 1",
                "m{a=\"b\"",
                "m{a=\"b\" c=\"d\"} 1",
                "m{a=\"b\",a=\"c\"} 1",
                "m{a=\"\\",
                "m{a:b=\"c\"} 1",
                "m{\"x\",\"y\"} 1"
            })
    void oneWrongLineSpoilsTheTextAndIsNamed(String line) {
        assertThatThrownBy(() -> read("up 1\n" + line + "\nup 1\n"))
                .isInstanceOf(MalformedExpositionException.class)
                .hasMessageStartingWith("line 2: ");
    }

    @Test
    void linesLabelsAndSamplesAreBounded() {
        var labels = new StringBuilder("m{");
        for (int i = 0; i < 65; i++) {
            labels.append("l").append(i).append("=\"\",");
        }
        assertThatThrownBy(() -> read(labels + "} 1")).hasMessage("line 1: more than 64 labels");
        assertThatThrownBy(() -> read("m{a=\"" + "x".repeat(1 << 16) + "\"} 1"))
                .hasMessage("line 1: longer than 65536 characters");
        assertThatThrownBy(() -> read("m 1\n".repeat(101))).hasMessage("line 101: more than 100 samples");
    }

    @Property
    void anyTextIsReadOrRefused(@ForAll @CharRange(from = ' ', to = '~') String text) {
        try {
            assertThat(read(text)).hasSizeLessThanOrEqualTo(1);
        } catch (MalformedExpositionException refused) {
            assertThat(refused).hasMessageStartingWith("line 1: ");
        }
    }

    @Property
    void whateverALabelSaysComesBack(@ForAll String value) throws Exception {
        String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");

        assertThat(read("m{l=\"" + escaped + "\"} 1").getFirst().label("l")).isEqualTo(value);
    }
}
