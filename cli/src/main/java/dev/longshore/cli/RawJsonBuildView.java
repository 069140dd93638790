package dev.longshore.cli;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A build as BuildKit's client writes it with `--progress=rawjson`: each line is what has changed, with `vertexes`,
/// `logs` and `warnings` (its `SolveStatus`). For one thread.
final class RawJsonBuildView implements BuildView {

    private static final String WARNING = "[Warning] ";

    private final PrintWriter out;
    private final Time time;
    private final BuildSteps steps = new BuildSteps();
    private final Map<Integer, Instant> started = new HashMap<>();

    RawJsonBuildView(PrintWriter out, Time time) {
        this.out = out;
        this.time = time;
    }

    @Override
    public void on(JsonNode event) {
        JsonNode about = event.path("step");
        long now = time.nanoTime();
        switch (event.path("type").asString("")) {
            case "planned" -> steps.plan(event);
            case "message" -> warn(event.path("text").asString(""));
            case "started" -> {
                BuildSteps.Step step = steps.begin(about, now);
                started.put(step.number, time.now());
                tell(vertex(step));
            }
            case "log" -> log(steps.of(about, now), event.path("text").asString(""));
            case "cached" -> steps.of(about, now).state = BuildSteps.State.CACHED;
            case "done" -> tell(completed(steps.of(about, now)));
            case "failed" -> {
                BuildSteps.Step step = steps.of(about, now);
                step.state = BuildSteps.State.FAILED;
                tell(completed(step).put("error", event.path("why").asString("")));
            }
            default -> {
                // Containers and stages are no vertexes of their own.
            }
        }
    }

    @Override
    public void close() {
        out.flush();
    }

    private ObjectNode vertex(BuildSteps.Step step) {
        ObjectNode vertex = Json.object().put("digest", digest(step)).put("name", step.title);
        return vertex.put(
                "started", started.getOrDefault(step.number, time.now()).toString());
    }

    private ObjectNode completed(BuildSteps.Step step) {
        ObjectNode vertex = vertex(step).put("completed", time.now().toString());
        return step.state == BuildSteps.State.CACHED ? vertex.put("cached", true) : vertex;
    }

    private void tell(ObjectNode vertex) {
        ObjectNode line = Json.object();
        line.putArray("vertexes").add(vertex);
        print(line);
    }

    private void log(BuildSteps.Step step, String text) {
        ObjectNode line = Json.object();
        line.putArray("logs")
                .addObject()
                .put("vertex", digest(step))
                .put("stream", 1)
                .put("data", base64(text))
                .put("timestamp", time.now().toString());
        print(line);
    }

    private void warn(String text) {
        text.lines().filter(line -> line.startsWith(WARNING)).forEach(warning -> {
            ObjectNode line = Json.object();
            line.putArray("warnings")
                    .addObject()
                    .put("vertex", Digest.sha256(new byte[0]).toString())
                    .put("level", 1)
                    .put("short", base64(warning.substring(WARNING.length())));
            print(line);
        });
    }

    private void print(ObjectNode line) {
        out.println(new String(Json.bytes(line), StandardCharsets.UTF_8));
        out.flush();
    }

    /// Something that names the step within this build.
    private static String digest(BuildSteps.Step step) {
        String name = step.number + "\n" + step.title;
        return Digest.sha256(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
