package dev.longshore.builder.progress;

import dev.longshore.base.Json;
import tools.jackson.databind.node.ObjectNode;

/// Events of a build as JSON, for clients that show them as they like. Durations are milliseconds.
public final class EventJson {

    private EventJson() {}

    /// `event` as an object whose `type` says which it is.
    public static ObjectNode of(BuildEvent event) {
        return switch (event) {
            case BuildEvent.Planned planned -> {
                ObjectNode tree = Json.object().put("type", "planned");
                var steps = tree.putArray("steps");
                planned.steps().forEach(step -> steps.add(step(step)));
                yield tree;
            }
            case BuildEvent.StepStarted(StepName step, var at) -> about("started", step);
            case BuildEvent.StepCached(StepName step) -> about("cached", step);
            case BuildEvent.ContainerStarted(StepName step, String name) ->
                about("container", step).put("name", name);
            case BuildEvent.Log(StepName step, String text) ->
                about("log", step).put("text", text);
            case BuildEvent.ContainerRemoved(StepName step, String name) ->
                about("containerRemoved", step).put("name", name);
            case BuildEvent.StepDone(StepName step, var took, String result) ->
                about("done", step).put("took", took.toMillis()).put("result", result);
            case BuildEvent.StepFailed(StepName step, var took, String why) ->
                about("failed", step).put("took", took.toMillis()).put("why", why);
            case BuildEvent.StageDone(int stage) ->
                Json.object().put("type", "stageDone").put("stage", stage);
            case BuildEvent.Message(String text) ->
                Json.object().put("type", "message").put("text", text);
        };
    }

    private static ObjectNode about(String type, StepName step) {
        ObjectNode tree = Json.object().put("type", type);
        tree.set("step", step(step));
        return tree;
    }

    private static ObjectNode step(StepName step) {
        ObjectNode tree = Json.object()
                .put("stage", step.stage())
                .put("stageName", step.stageName())
                .put("number", step.number())
                .put("total", step.total())
                .put("text", step.text());
        return step.platform().isEmpty() ? tree : tree.put("platform", step.platform());
    }
}
