package dev.longshore.builder.checks;

import dev.longshore.base.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What may be asked of a Dockerfile besides a build, as BuildKit's frontend describes it.
public final class Requests {

    private static final String PREFIX = "frontend.";
    private static final String VERSION = "1.0.0";
    private static final List<String> USUAL_RESULTS = List.of("result.json", "result.txt");

    private static final List<Request> ALL = List.of(
            new Request(
                    "frontend.outline",
                    "List all parameters current build target supports",
                    List.of(new Option("target", "Target build stage")),
                    USUAL_RESULTS),
            new Request("frontend.targets", "List all targets current build supports", List.of(), USUAL_RESULTS),
            new Request(
                    "frontend.lint",
                    "Lint a Dockerfile",
                    List.of(),
                    List.of("result.json", "result.txt", "result.statuscode")),
            new Request("frontend.subrequests.describe", "List available subrequest types", List.of(), USUAL_RESULTS));

    private Requests() {}

    private record Request(String name, String description, List<Option> options, List<String> results) {}

    private record Option(String name, String description) {}

    /// For people.
    public static String text() {
        var table = new TextTable(" ", List.of("NAME", "VERSION", "DESCRIPTION"));
        ALL.forEach(request -> table.row(request.name().substring(PREFIX.length()), VERSION, request.description()));
        return table.text();
    }

    /// For programs.
    public static ArrayNode json() {
        ArrayNode list = Json.array();
        for (Request request : ALL) {
            ObjectNode tree = list.addObject()
                    .put("Name", request.name())
                    .put("Version", VERSION)
                    .put("Type", "rpc")
                    .put("Description", request.description());
            ArrayNode options = tree.putArray("Opts");
            request.options().forEach(option -> named(options, option.name(), option.description()));
            tree.putNull("Inputs");
            ArrayNode results = tree.putArray("Metadata");
            request.results().forEach(result -> named(results, result, ""));
            tree.putNull("Refs");
        }
        return list;
    }

    private static void named(ArrayNode list, String name, String description) {
        list.addObject().put("Name", name).put("Description", description);
    }
}
