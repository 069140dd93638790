package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// What the audit log of a whole cluster tells of people and of the cluster's own parts.
@Tag(ContainerJourneys.TAG)
@ExtendWith(SharedCluster.class)
class AuditJourneyTest {

    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: watched, namespace: audited}
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: main, image: "hello:1", command: [sh, -c, "echo started; exec sleep 3600"]}]
            """;

    private final RunningCluster cluster;

    AuditJourneyTest(RunningCluster cluster) {
        this.cluster = cluster;
    }

    @AfterEach
    void remove() {
        cluster.kubectl("delete", "namespace", "audited", "--wait=false");
    }

    @Test
    void conversationsWithContainersAndWhatComponentsDoAreToldButNoSecrets() throws IOException {
        cluster.kubectl("create", "namespace", "audited").succeeded();
        cluster.kubectl("-n", "audited", "create", "secret", "generic", "s", "--from-literal=password=hush-hush")
                .succeeded();
        eventually(PATIENCE, () -> cluster.apply(POD));
        cluster.kubectl("-n", "audited", "wait", "--for=condition=Ready", "pod/watched", "--timeout=60s")
                .succeeded();
        assertThat(cluster.kubectl("-n", "audited", "logs", "watched")
                        .succeeded()
                        .out())
                .isEqualTo("started\n");
        cluster.kubectl("-n", "audited", "exec", "watched", "--", "echo", "whispered")
                .succeeded();

        eventually(
                PATIENCE,
                () -> assertThat(told("exec"))
                        .extracting(event -> event.path("stage").asString())
                        .containsExactly("ResponseStarted", "ResponseComplete"));
        assertThat(told("exec").getLast().at("/responseStatus/code").asInt()).isEqualTo(101);
        assertThat(told("exec").getLast().path("requestURI").asString()).contains("command=echo");
        eventually(
                PATIENCE,
                () -> assertThat(told("log"))
                        .extracting(event -> event.path("stage").asString())
                        .containsExactly("ResponseStarted", "ResponseComplete"));
        assertThat(told("binding").getLast().at("/user/username").asString()).isEqualTo("system:kube-scheduler");
        assertThat(told("status"))
                .extracting(event -> event.at("/user/username").asString())
                .anyMatch(user -> user.startsWith("system:node:"));
        assertThat(Files.readString(log())).doesNotContain("hush-hush").doesNotContain("aHVzaC1odXNo");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log())))
                .isEqualTo("rw-------");
    }

    private Path log() {
        return cluster.directory().resolve("audit.log");
    }

    /// The events about what stands below the pod.
    private List<JsonNode> told(String subresource) {
        try {
            return Files.readAllLines(log()).stream()
                    .map(Json::parse)
                    .filter(event -> event.at("/objectRef/resource")
                                    .asString("")
                                    .equals("pods")
                            && event.at("/objectRef/subresource").asString("").equals(subresource))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
