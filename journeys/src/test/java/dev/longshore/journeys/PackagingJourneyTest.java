package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Points 1 and 2: from a Dockerfile to an image that other tools can fetch.
@Order(1)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class PackagingJourneyTest {

    private static final String EVERY_INSTRUCTION = """
            ARG BASE=longshore.local/busybox
            FROM ${BASE}
            LABEL purpose=test
            ENV GREETING=hello
            WORKDIR /app
            COPY first.txt .
            ADD second.txt /app/second.txt
            RUN cat first.txt second.txt > both.txt && echo "$GREETING" >> both.txt
            EXPOSE 8080
            USER nobody
            ENTRYPOINT ["cat"]
            CMD ["/app/both.txt"]
            """;

    @Test
    void theClassicBuilderBuildsEveryInstructionAndTellsWhatItDoes(RunningCluster cluster, @TempDir Path context)
            throws IOException {
        write(context, EVERY_INSTRUCTION, "one\n", "two\n");

        Ran build = cluster.docker("build", "-t", "every:1", context.toString()).succeeded();

        assertThat(build.out()).contains("Step 1/", "FROM", "Successfully built", "Successfully tagged every:1");
        String inspected = cluster.docker("inspect", "every:1").succeeded().out();
        assertThat(inspected).contains("\"purpose\": \"test\"", "GREETING=hello", "\"WorkingDir\": \"/app\"", "nobody");
    }

    @Test
    void onlyLayersBehindAChangedInstructionAreBuiltAgain(RunningCluster cluster, @TempDir Path context)
            throws IOException {
        String dockerfile = """
                FROM longshore.local/busybox
                COPY first.txt /
                RUN echo early > /early
                COPY second.txt /
                RUN echo late > /late
                """;
        write(context, dockerfile, "one\n", "two\n");
        cluster.docker("build", "-t", "cached:1", context.toString()).succeeded();
        Files.writeString(context.resolve("second.txt"), "changed\n");

        String again = cluster.docker("build", "-t", "cached:2", context.toString())
                .succeeded()
                .out();

        assertThat(after(again, "RUN echo early", "COPY second")).contains("Using cache");
        assertThat(after(again, "RUN echo late", "Successfully built")).doesNotContain("Using cache");
    }

    @Test
    void anImageFromScratchHoldsOnlyWhatWasCopied(RunningCluster cluster, @TempDir Path context) throws IOException {
        write(context, "FROM scratch\nCOPY first.txt /\n", "one\n", "two\n");

        cluster.docker("build", "-t", "bare:1", context.toString()).succeeded();

        assertThat(cluster.docker("history", "bare:1").succeeded().out()).contains("COPY");
    }

    @Test
    void longshoreDockerBuildsWithoutAnyDockerClient(RunningCluster cluster) {
        Ran build = cluster.longshoreDocker("build", "-t", "own:1", "examples/hello")
                .succeeded();

        assertThat(build.out()).contains("Successfully tagged own:1");
        assertThat(cluster.longshoreDocker("images").succeeded().out()).contains("own");
    }

    @Test
    void anImageIsPushedPulledAndInspectedThroughTheRegistry(RunningCluster cluster) {
        String name = cluster.registry() + "/hello:1";
        cluster.docker("tag", "hello:1", name).succeeded();
        cluster.docker("push", name).succeeded();

        Ran inspected = cluster.shell()
                .run("skopeo", "inspect", "--tls-verify=false", "docker://" + name)
                .succeeded();
        Ran pulled = cluster.docker("pull", name).succeeded();

        assertThat(inspected.out()).contains("\"Digest\": \"sha256:", "\"Layers\"");
        assertThat(pulled.out()).contains("Digest: sha256:");
    }

    @Test
    void skopeoCopiesAnImageInAndOutAgain(RunningCluster cluster, @TempDir Path folder) {
        String there = "docker://" + cluster.registry();
        cluster.shell()
                .run("skopeo", "copy", "--src-tls-verify=false", there + "/hello:1", "dir:" + folder)
                .succeeded();

        cluster.shell()
                .run("skopeo", "copy", "--dest-tls-verify=false", "dir:" + folder, there + "/copied/hello:7")
                .succeeded();

        assertThat(cluster.shell()
                        .run("curl", "-sf", "http://" + cluster.registry() + "/v2/copied/hello/tags/list")
                        .succeeded()
                        .out())
                .contains("\"7\"");
    }

    @Test
    void aMistakeInADockerfileNamesFileLineAndCause(RunningCluster cluster, @TempDir Path context) throws IOException {
        write(context, "FROM longshore.local/busybox\n\nRUNN echo hello\n", "", "");

        Ran build = cluster.docker("build", context.toString()).failed();

        assertThat(build.all()).contains("Dockerfile:3", "unknown instruction: RUNN");
    }

    @Test
    void aFailingStepShowsItsOutputAndExitCode(RunningCluster cluster, @TempDir Path context) throws IOException {
        write(context, "FROM longshore.local/busybox\nRUN echo before; exit 7\n", "", "");

        Ran build = cluster.docker("build", context.toString()).failed();

        assertThat(build.all()).contains("before", "returned a non-zero code: 7");
    }

    private static void write(Path context, String dockerfile, String first, String second) throws IOException {
        Files.writeString(context.resolve("Dockerfile"), dockerfile);
        Files.writeString(context.resolve("first.txt"), first);
        Files.writeString(context.resolve("second.txt"), second);
    }

    private static String after(String text, String from, String to) {
        int start = text.indexOf(from);
        int end = text.indexOf(to, start);
        assertThat(start).as("\"%s\" in %s", from, text).isNotNegative();
        assertThat(end).as("\"%s\" in %s", to, text).isNotNegative();
        return text.substring(start, end);
    }
}
