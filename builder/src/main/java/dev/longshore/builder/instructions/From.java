package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.Stage;
import dev.longshore.images.Image;
import dev.longshore.images.Platform;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// `FROM [--platform=P] image [AS name]`: begins a stage on an image, an earlier stage, or nothing (`scratch`).
final class From implements Instruction {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_.-]*");
    private static final int WITH_NAME = 3;

    @Override
    public String keyword() {
        return "FROM";
    }

    @Override
    public void apply(Line line, Build build) throws IOException, InterruptedException {
        Texts.allow(line, Set.of("platform"));
        List<String> words = line.fields();
        boolean isNamed = words.size() == WITH_NAME && words.get(1).equalsIgnoreCase("as");
        if (words.size() != 1 && !isNamed) {
            throw line.wrong("FROM requires either one or three arguments");
        }
        checkPlatform(line, build);
        String base = build.expand(line, words.getFirst());
        if (base.isEmpty()) {
            throw line.wrong("base name (" + words.getFirst() + ") should not be blank");
        }
        Optional<String> name = isNamed ? Optional.of(words.get(2).toLowerCase(Locale.ROOT)) : Optional.empty();
        if (name.isPresent() && !NAME.matcher(name.get()).matches()) {
            throw line.wrong("invalid name for build stage: \"" + words.get(2)
                    + "\", name can't start with a number or contain symbols");
        }
        if (base.equals("scratch")) {
            build.begin(new Stage(build), name);
            return;
        }
        Optional<Stage> earlier = build.find(base);
        if (earlier.isPresent()) {
            build.begin(earlier.get().continued(), name);
        } else {
            Image image = build.base(line, base);
            build.begin(new Stage(build, image), name);
        }
        fire(build);
    }

    private static void fire(Build build) {
        List<String> triggers = build.stage().run().onBuild();
        if (!triggers.isEmpty()) {
            build.say("# Executing " + triggers.size() + " build trigger" + (triggers.size() == 1 ? "" : "s") + "\n");
            build.stage().withoutTriggers();
            build.trigger(triggers);
        }
    }

    private static void checkPlatform(Line line, Build build) {
        String wanted = build.expand(line, line.flag("platform").orElse(""));
        Platform here = build.tools().images().images().platform();
        if (!wanted.isEmpty() && !here.accepts(Platform.parse(wanted))) {
            throw line.wrong("platform " + wanted + " cannot be built on " + here);
        }
    }
}
