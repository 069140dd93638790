package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.base.ManualTime;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class BuildViewsTest {

    private final ManualTime time = new ManualTime();
    private final StringWriter text = new StringWriter();
    private final PrintWriter out = new PrintWriter(text);

    @Test
    void plainLinesNameTheStepItsOutputAndItsTime() {
        try (var view = new PlainBuildView(out, time)) {
            view.on(planned());
            view.on(about("started", 0, 1));
            view.on(about("cached", 0, 1));
            view.on(about("done", 0, 1).put("took", 10));
            view.on(about("started", 0, 2));
            time.advance(Duration.ofMillis(1204));
            view.on(about("log", 0, 2).put("text", "half a "));
            view.on(about("log", 0, 2).put("text", "line\nrest"));
            view.on(about("done", 0, 2).put("took", 3400));
        }

        assertThat(text.toString().lines())
                .containsExactly(
                        "#1 [build 1/2] FROM x",
                        "#1 CACHED",
                        "",
                        "#2 [build 2/2] RUN y",
                        "#2 1.204 half a line",
                        "#2 1.204 rest",
                        "#2 DONE 3.4s");
    }

    @Test
    void rawJsonIsWhatBuildKitsClientWrites() {
        try (var view = new RawJsonBuildView(out, time)) {
            view.on(planned());
            view.on(about("started", 0, 1));
            view.on(about("log", 0, 1).put("text", "hi\n"));
            view.on(about("cached", 0, 1));
            view.on(about("done", 0, 1).put("took", 10));
            view.on(about("started", 0, 2));
            view.on(about("failed", 0, 2).put("why", "it broke"));
            view.on(Json.object().put("type", "message").put("text", "[Warning] careful\n"));
        }

        var lines = text.toString().lines().map(Json::parse).toList();
        var begun = lines.getFirst().path("vertexes").path(0);
        assertThat(begun.path("name").asString()).isEqualTo("[build 1/2] FROM x");
        assertThat(begun.path("started").asString()).isEqualTo(time.now().toString());
        assertThat(begun.has("completed")).isFalse();
        var log = lines.get(1).path("logs").path(0);
        assertThat(log.path("vertex")).isEqualTo(begun.path("digest"));
        assertThat(log.path("data").asString()).isEqualTo("aGkK");
        var done = lines.get(2).path("vertexes").path(0);
        assertThat(done.path("digest")).isEqualTo(begun.path("digest"));
        assertThat(done.path("cached").asBoolean()).isTrue();
        assertThat(done.path("completed").asString()).isNotEmpty();
        assertThat(lines.get(4).path("vertexes").path(0).path("error").asString())
                .isEqualTo("it broke");
        assertThat(lines.get(5).path("warnings").path(0).path("short").asString())
                .isEqualTo("Y2FyZWZ1bA==");
        assertThat(lines).hasSize(6);
    }

    @Test
    void stepsOfSeveralPlatformsSayWhichTheyAreOf() {
        try (var view = new PlainBuildView(out, time)) {
            var step = Json.object()
                    .put("stage", 1)
                    .put("stageName", "stage-0")
                    .put("number", 2)
                    .put("total", 2)
                    .put("text", "RUN y")
                    .put("platform", "linux/amd64->arm64");
            var planned = Json.object().put("type", "planned");
            planned.putArray("steps").add(step);
            view.on(planned);
            var started = Json.object().put("type", "started");
            started.set("step", step);
            view.on(started);
        }

        assertThat(text.toString()).isEqualTo("#1 [linux/amd64->arm64 1/1] RUN y\n");
    }

    @Test
    void plainLinesSayWhoseTheyAreWhenStagesMingle() {
        try (var view = new PlainBuildView(out, time)) {
            view.on(planned());
            view.on(about("started", 0, 1));
            view.on(about("started", 1, 3));
            view.on(about("log", 0, 1).put("text", "a\n"));
            view.on(about("failed", 1, 3).put("why", "it broke"));
        }

        assertThat(text.toString().lines())
                .containsExactly(
                        "#1 [build 1/2] FROM x",
                        "",
                        "#2 [stage-1 1/1] COPY z",
                        "",
                        "#1 [build 1/2] FROM x",
                        "#1 0.000 a",
                        "",
                        "#2 [stage-1 1/1] COPY z",
                        "#2 ERROR: it broke");
    }

    @Test
    void aTerminalIsPaintedAnewInPlace() {
        var view = new TerminalBuildView(out, time, 40, 10);
        view.start();
        view.on(planned());
        view.on(about("started", 0, 1));
        view.on(about("log", 0, 1).put("text", "hello \u001b[31mred\u001b[2J\n"));
        time.advance(Duration.ofMillis(200));
        view.on(about("done", 0, 1).put("took", 200));
        view.close();

        String painted = text.toString();
        assertThat(painted)
                .contains("[+] Building 0.2s (0/3)\n => [build 1/2] FROM x", "0.2s\n => => # hello red\n")
                .contains("\u001b[3A\r\u001b[J[+] Building 0.2s (1/3) FINISHED\n => [build 1/2] FROM x");
        assertThat(painted.lines())
                .allSatisfy(line -> assertThat(line.replaceAll("\u001b\\[\\d*[AJ]|\r", ""))
                        .hasSizeLessThan(40)
                        .doesNotContain("\u001b"));
    }

    @Test
    void aTerminalShowsNoMoreThanItHasRoomFor() {
        var view = new TerminalBuildView(out, time, 40, 5);
        view.start();
        view.on(planned());
        view.on(about("started", 0, 1));
        view.on(about("log", 0, 1).put("text", "1\n2\n3\n4\n5\n6\n7\n"));
        time.advance(Duration.ofMillis(200));

        assertThat(text.toString().lines()).hasSize(4).last().isEqualTo(" => => # 7");
        view.close();
    }

    private static ObjectNode planned() {
        ObjectNode event = Json.object().put("type", "planned");
        var steps = event.putArray("steps");
        steps.add(about("", 0, 1).path("step"));
        steps.add(about("", 0, 2).path("step"));
        steps.add(about("", 1, 3).path("step"));
        return event;
    }

    private static ObjectNode about(String type, int stage, int number) {
        ObjectNode event = Json.object().put("type", type);
        event.putObject("step")
                .put("stage", stage)
                .put("stageName", stage == 0 ? "build" : "stage-1")
                .put("number", number)
                .put("total", 3)
                .put("text", number == 1 ? "FROM x" : number == 2 ? "RUN y" : "COPY z");
        return event;
    }
}
