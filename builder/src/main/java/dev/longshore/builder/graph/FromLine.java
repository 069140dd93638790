package dev.longshore.builder.graph;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.commands.Commands;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Platform;
import java.util.Optional;

/// `FROM [--platform=P] image [AS name]`, read but not expanded.
///
/// @param name of the stage, in lower case
record FromLine(Line line, String base, Optional<String> name) {

    static FromLine of(Line line) {
        Command.From from = Commands.from(line);
        return new FromLine(line, from.base(), from.name());
    }

    /// What it begins with, stages before number `index` known by `names`.
    Base base(GlobalArguments arguments, StageNames names, int index) {
        String expanded = arguments.expand(line, base);
        if (expanded.isEmpty()) {
            throw line.wrong("base name (" + base + ") should not be blank");
        }
        Optional<Integer> stage = names.named(expanded, index);
        if (stage.isPresent()) {
            return new Base.OfStage(stage.get());
        }
        return expanded.equals("scratch") ? new Base.Scratch() : new Base.OfImage(expanded);
    }

    /// The platform it asks for.
    Optional<Platform> platform(GlobalArguments arguments) {
        Optional<String> written = line.flag("platform");
        if (written.isEmpty()) {
            return Optional.empty();
        }
        String expanded = arguments.expand(line, written.get());
        if (expanded.isEmpty()) {
            throw line.wrong("empty platform value from expression " + written.get());
        }
        try {
            return Optional.of(PlatformText.parse(expanded));
        } catch (ImageFaultException wrong) {
            throw line.wrong("failed to parse platform " + written.get() + ": " + wrong.getMessage());
        }
    }
}
