package dev.longshore.builder.checks;

import dev.longshore.builder.dockerfile.Dockerfile;
import dev.longshore.builder.dockerfile.GoText;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Which rules count: what `# check=skip=A,B;experimental=C;error=true` says. Names of rules that there are not mean
/// nothing.
///
/// @param failsBuild whether a warning is an error
public record CheckOptions(
        boolean skipsAll, Set<String> skipped, boolean isAdventurous, Set<String> experimental, boolean failsBuild) {

    /// All but experimental rules, and they only warn.
    public static final CheckOptions DEFAULT = new CheckOptions(false, Set.of(), false, Set.of(), false);

    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");
    private static final int MOST_PARTS = 3;

    public CheckOptions {
        skipped = Set.copyOf(skipped);
        experimental = Set.copyOf(experimental);
    }

    /// Those of `file`; `argument`, `BUILDKIT_DOCKERFILE_CHECK` from the command line, comes in their place.
    ///
    /// @throws dev.longshore.builder.dockerfile.DockerfileException when they cannot be
    public static CheckOptions of(Dockerfile file, Optional<String> argument) {
        Optional<String> given = argument.filter(text -> !text.isBlank());
        try {
            return given.isPresent()
                    ? parse(given.get())
                    : file.directive("check").map(CheckOptions::directive).orElse(DEFAULT);
        } catch (IllegalArgumentException wrong) {
            throw file.lines()
                    .getFirst()
                    .source()
                    .wrong(given.isPresent() ? 0 : line(file), "failed to parse check options: " + wrong.getMessage());
        }
    }

    private static int line(Dockerfile file) {
        return file.directives().stream()
                .filter(directive -> directive.name().equals("check"))
                .map(Dockerfile.Directive::number)
                .findFirst()
                .orElse(0);
    }

    /// A directive's value ends at its first space.
    private static CheckOptions directive(String value) {
        return parse(value.split(" ", 2)[0]);
    }

    /// Reads the options themselves.
    ///
    /// @throws IllegalArgumentException with the reason
    public static CheckOptions parse(String text) {
        CheckOptions options = DEFAULT;
        if (text.isBlank()) {
            return options;
        }
        for (String part : text.strip().split(";", MOST_PARTS)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("invalid check option " + GoText.quoted(part));
            }
            options = options.with(
                    part,
                    part.substring(0, equals).strip(),
                    part.substring(equals + 1).strip());
        }
        return options;
    }

    private CheckOptions with(String part, String key, String value) {
        boolean isAll = value.equals("all");
        Set<String> names = isAll ? Set.of() : new TreeSet<>(List.of(value.split("\\s*,\\s*")));
        return switch (key) {
            case "skip" -> new CheckOptions(isAll, names, isAdventurous, experimental, failsBuild);
            case "experimental" -> new CheckOptions(skipsAll, skipped, isAll, names, failsBuild);
            case "error" -> new CheckOptions(skipsAll, skipped, isAdventurous, experimental, bool(part, value));
            default -> throw new IllegalArgumentException("invalid check option " + GoText.quoted(key));
        };
    }

    private static boolean bool(String part, String value) {
        if (!TRUE.contains(value) && !FALSE.contains(value)) {
            throw new IllegalArgumentException("failed to parse check option " + GoText.quoted(part)
                    + ": strconv.ParseBool: parsing " + GoText.quoted(value) + ": invalid syntax");
        }
        return TRUE.contains(value);
    }

    /// These, and for one instruction what a `check=` among its `comments` says besides; one that cannot be read
    /// says nothing.
    CheckOptions with(List<String> comments) {
        for (String comment : comments) {
            Optional<Dockerfile.Directive> directive =
                    Dockerfile.Directive.read(comment).filter(d -> d.name().equals("check"));
            if (directive.isPresent()) {
                try {
                    return with(directive(directive.get().value()));
                } catch (IllegalArgumentException unreadable) {
                    return this;
                }
            }
        }
        return this;
    }

    private CheckOptions with(CheckOptions more) {
        return new CheckOptions(
                skipsAll || more.skipsAll,
                union(skipped, more.skipped),
                isAdventurous || more.isAdventurous,
                union(experimental, more.experimental),
                failsBuild);
    }

    private static Set<String> union(Set<String> a, Set<String> b) {
        var all = new TreeSet<>(a);
        all.addAll(b);
        return all;
    }

    /// True if `rule` counts.
    public boolean concern(Rule rule) {
        return rule.isExperimental()
                ? isAdventurous || experimental.contains(rule.title())
                : !skipsAll && !skipped.contains(rule.title());
    }
}
