package dev.longshore.builder.checks;

import dev.longshore.base.Json;
import dev.longshore.builder.commands.Recipe;
import dev.longshore.builder.dockerfile.Dockerfile;
import dev.longshore.builder.dockerfile.Source;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The stages that `--target` may name, as `docker build --call=targets` lists them.
public record Targets(Source source, List<Target> targets) {

    public Targets {
        targets = List.copyOf(targets);
    }

    /// A stage.
    ///
    /// @param name empty if it has none
    /// @param description what the comment above it says behind its name; empty without one
    /// @param base as it is written
    public record Target(
            String name,
            boolean isDefault,
            String description,
            String base,
            Optional<String> platform,
            int first,
            int last) {}

    /// Those of `file`.
    ///
    /// @throws dev.longshore.builder.dockerfile.DockerfileException when a line of it is wrong
    public static Targets of(Dockerfile file) {
        List<Recipe.Stage> stages = Recipe.of(file).stages();
        return new Targets(
                file.source(),
                stages.stream()
                        .map(stage -> target(stage, stage.index() == stages.size() - 1))
                        .toList());
    }

    private static Target target(Recipe.Stage stage, boolean isDefault) {
        String name = stage.from().name().orElse("");
        return new Target(
                name,
                isDefault,
                Descriptions.of(name, stage.from().line().comments()),
                stage.from().base(),
                stage.from().platform(),
                stage.from().line().number(),
                stage.from().line().lastNumber());
    }

    /// For people.
    public String text() {
        var table = new TextTable("TARGET", "DESCRIPTION");
        for (Target target : targets) {
            String mark = target.isDefault() ? target.name().isEmpty() ? "(default)" : " (default)" : "";
            table.row(target.name() + mark, target.description());
        }
        return table.text();
    }

    /// For programs.
    public ObjectNode json() {
        ObjectNode tree = Json.object();
        var list = tree.putArray("targets");
        for (Target target : targets) {
            ObjectNode node = list.addObject();
            Descriptions.put(node, "name", target.name());
            if (target.isDefault()) {
                node.put("default", true);
            }
            Descriptions.put(node, "description", target.description());
            Descriptions.put(node, "base", target.base());
            Descriptions.put(node, "platform", target.platform().orElse(""));
            Locations.put(node, "location", target.first(), target.last());
        }
        tree.putArray("sources").add(Descriptions.base64(source));
        return tree;
    }
}
