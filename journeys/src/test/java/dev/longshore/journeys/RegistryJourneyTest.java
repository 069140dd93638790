package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.images.Image;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The real `docker` signs in to a registry of ours that has users, and pushes and pulls.
@ExtendWith(SharedCluster.class)
@Tag("containers")
class RegistryJourneyTest {

    @ParameterizedTest
    @ValueSource(strings = {"basic", "token"})
    void dockerSignsInPushesAndPulls(String method, RunningCluster cluster, @TempDir Path root) throws Exception {
        try (var registry = GuardedRegistry.open(root, method)) {
            String configuration = root.resolve("docker").toString();
            String team = registry.plain() + "/team/hello:" + method;
            Image open = SkopeoJourneyTest.image(registry.images(), "public/app:1");

            Ran anonymous = cluster.docker("--config", configuration, "pull", registry.plain() + "/public/app:1");
            assertThat(anonymous.succeeded().out()).contains("Digest: " + open.target());

            cluster.docker("tag", "hello:1", team).succeeded();
            assertThat(cluster.docker("--config", configuration, "push", team).exit())
                    .isNotZero();
            assertThat(cluster.docker(
                                    "--config", configuration, "login", "-u", "alice", "-p", "wrong", registry.plain())
                            .exit())
                    .isNotZero();
            assertThat(cluster.docker(
                                    "--config", configuration, "login", "-u", "alice", "-p", "wonder", registry.plain())
                            .succeeded()
                            .out())
                    .contains("Login Succeeded");
            cluster.docker("--config", configuration, "push", team).succeeded();
            cluster.docker("rmi", team).succeeded();
            cluster.docker("--config", configuration, "pull", team).succeeded();

            assertThat(registry.images().images().find("team/hello:" + method)).isPresent();
            cluster.docker("rmi", team, registry.plain() + "/public/app:1").succeeded();
        }
    }
}
