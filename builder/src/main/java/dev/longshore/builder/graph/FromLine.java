package dev.longshore.builder.graph;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Platform;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// `FROM [--platform=P] image [AS name]`, read but not expanded.
///
/// @param name of the stage, in lower case
record FromLine(Line line, String base, Optional<String> name) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_.-]*");
    private static final int WITH_NAME = 3;

    static FromLine of(Line line) {
        List<String> words = line.fields();
        boolean isNamed = words.size() == WITH_NAME && words.get(1).equalsIgnoreCase("as");
        if (words.size() != 1 && !isNamed) {
            throw line.wrong("FROM requires either one or three arguments");
        }
        Optional<String> name = isNamed ? Optional.of(words.get(2).toLowerCase(Locale.ROOT)) : Optional.empty();
        if (name.isPresent() && !NAME.matcher(name.get()).matches()) {
            throw line.wrong("invalid name for build stage: \"" + words.get(2)
                    + "\", name can't start with a number or contain symbols");
        }
        return new FromLine(line, words.getFirst(), name);
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
