package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.model.Call;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import dev.longshore.model.UserInfo;
import java.util.ArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusReachTest {

    private final Cluster cluster = new Cluster();

    @ParameterizedTest
    @CsvSource({
        "Deployment, old, new", "ReplicaSet, new, new", "FlowSchema, old, old", "PriorityLevelConfiguration, old, old",
        "APIService, old, old", "VolumeAttachment, old, old", "ValidatingAdmissionPolicy, old, old", "Node, new, new"
    })
    void aStatusWriteChangesOnlyTheMetadataThatItCanOwn(String kind, String label, String annotation) {
        Strategy strategy = cluster.kinds.stream()
                .filter(one -> one.kind().kind().equals(kind))
                .findFirst()
                .orElseThrow()
                .strategy();
        Resource old = object("old");
        Resource object = object("new");

        strategy.prepareForStatusUpdate(new Call(UserInfo.of("someone"), false, new ArrayList<>()), object, old);

        assertThat(object.text("metadata", "labels", "a")).isEqualTo(label);
        assertThat(object.text("metadata", "annotations", "a")).isEqualTo(annotation);
        assertThat(object.text("status", "x")).isEqualTo("new");
        assertThat(object.text("spec", "x")).isEqualTo("old");
    }

    private static Resource object(String age) {
        return Resource.parse(Json.bytes(Json.parse("""
                {"metadata":{"name":"a","labels":{"a":"AGE"},"annotations":{"a":"AGE"}},"spec":{"x":"AGE"},
                "status":{"x":"AGE"}}""".replace("AGE", age))));
    }
}
