package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Schema;
import dev.longshore.model.StrictFields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class StrictFieldsTest {

    private final StrictFields strict = new StrictFields(new KindSchemas());

    private List<String> findings(String kind, String json) {
        return strict.find(json.getBytes(StandardCharsets.UTF_8), Schema.reference("io.k8s.api." + kind));
    }

    @Test
    void findingsComeInTheOrderOfTheText() {
        assertThat(findings("apps.v1.Deployment", """
                {"apiVersion":"apps/v1","kind":"Deployment",
                "metadata":{"name":"a","labels":{"x":"1","x":"2"},"strange":1},
                "spec":{"unknown1":"a","unknownDupe":"a","unknownDupe":"b","paused":true,"paused":false,
                "selector":{"matchLabels":{"app":"a"}},
                "template":{"metadata":{"labels":{"app":"a"}},
                "spec":{"containers":[{"name":"a","image":"b","unknownNested":"c","imagePullPolicy":"Always",
                "imagePullPolicy":"Never"}]}}}}
                """))
                .containsExactly(
                        "duplicate field \"metadata.labels.x\"",
                        "unknown field \"metadata.strange\"",
                        "unknown field \"spec.unknown1\"",
                        "unknown field \"spec.unknownDupe\"",
                        "duplicate field \"spec.paused\"",
                        "unknown field \"spec.template.spec.containers[0].unknownNested\"",
                        "duplicate field \"spec.template.spec.containers[0].imagePullPolicy\"");
    }

    @Test
    void whatIsInsideAnUnknownFieldIsNotLookedAt() {
        assertThat(findings(
                        "core.v1.ConfigMap", "{\"strange\":{\"a\":1,\"a\":2,\"b\":[{\"c\":1,\"c\":2}]},\"data\":{}}"))
                .containsExactly("unknown field \"strange\"");
    }

    @Test
    void aFreeFieldTakesAnything() {
        assertThat(findings(
                        "apps.v1.ControllerRevision",
                        "{\"data\":{\"a\":1,\"b\":{\"c\":1}},\"revision\":1,\"revision\":2}"))
                .containsExactly("duplicate field \"revision\"");
    }

    @Test
    void moreThanAHundredAreNotTold() {
        var json = new StringBuilder("{\"a0\":1");
        for (int i = 1; i < 200; i++) {
            json.append(",\"a").append(i).append("\":1");
        }
        assertThat(findings("core.v1.ConfigMap", json.append('}').toString())).hasSize(100);
    }
}
