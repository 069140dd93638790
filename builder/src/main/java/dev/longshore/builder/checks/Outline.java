package dev.longshore.builder.checks;

import dev.longshore.base.Json;
import dev.longshore.builder.dockerfile.Dockerfile;
import dev.longshore.builder.dockerfile.Source;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What whoever builds a target may set, and what it asks for: `docker build --call=outline`. That of stages it
/// needs is included.
///
/// @param name of the target; empty if it has none
/// @param arguments by line
/// @param secrets by line
/// @param ssh by line
public record Outline(
        Source source, String name, String description, List<Argument> arguments, List<Need> secrets, List<Need> ssh) {

    public Outline {
        arguments = List.copyOf(arguments);
        secrets = List.copyOf(secrets);
        ssh = List.copyOf(ssh);
    }

    /// An ARG.
    ///
    /// @param value that it has in such a build; empty without one
    public record Argument(String name, String value, String description, int first, int last) {}

    /// A secret or an agent.
    public record Need(String name, boolean isRequired, int first, int last) {}

    /// That of the target, or else the last stage, of `file`.
    ///
    /// @throws dev.longshore.builder.dockerfile.DockerfileException when a line of it, or the target, is wrong
    public static Outline of(Dockerfile file, Surroundings surroundings) {
        return OutlineCollector.collect(file, surroundings);
    }

    /// For people.
    public String text() {
        var text = new StringBuilder();
        if (!name.isEmpty() || !description.isEmpty()) {
            text.append("TARGET:      ")
                    .append(name.isEmpty() ? "(default)" : name)
                    .append('\n');
            text.append(description.isEmpty() ? "" : "DESCRIPTION: " + description + "\n")
                    .append('\n');
        }
        if (!arguments.isEmpty()) {
            var table = new TextTable("BUILD ARG", "VALUE", "DESCRIPTION");
            arguments.forEach(arg -> table.row(arg.name(), arg.value(), arg.description()));
            text.append(table.text()).append('\n');
        }
        needs(text, "SECRET", secrets);
        needs(text, "SSH", ssh);
        return text.toString();
    }

    private static void needs(StringBuilder text, String title, List<Need> needs) {
        if (!needs.isEmpty()) {
            var table = new TextTable(title, "REQUIRED");
            needs.forEach(need -> table.row(need.name(), need.isRequired() ? "true" : ""));
            text.append(table.text()).append('\n');
        }
    }

    /// For programs.
    public ObjectNode json() {
        ObjectNode tree = Json.object();
        Descriptions.put(tree, "name", name);
        Descriptions.put(tree, "description", description);
        if (!arguments.isEmpty()) {
            var list = tree.putArray("args");
            for (Argument argument : arguments) {
                ObjectNode node = list.addObject().put("name", argument.name());
                Descriptions.put(node, "description", argument.description());
                Descriptions.put(node, "value", argument.value());
                Locations.put(node, "location", argument.first(), argument.last());
            }
        }
        put(tree, "secrets", secrets);
        put(tree, "ssh", ssh);
        tree.putArray("sources").add(Descriptions.base64(source));
        return tree;
    }

    private static void put(ObjectNode tree, String field, List<Need> needs) {
        if (!needs.isEmpty()) {
            var list = tree.putArray(field);
            for (Need need : needs) {
                ObjectNode node = list.addObject().put("name", need.name());
                if (need.isRequired()) {
                    node.put("required", true);
                }
                Locations.put(node, "location", need.first(), need.last());
            }
        }
    }
}
