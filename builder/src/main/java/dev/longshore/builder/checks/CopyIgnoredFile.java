package dev.longshore.builder.checks;

import dev.longshore.builder.commands.Command;
import dev.longshore.builder.dockerfile.GoText;
import java.util.List;

/// Says nothing where patterns bring files back: what they bring back is not to be told beforehand.
final class CopyIgnoredFile implements Check {

    @Override
    public void step(Step step, Findings findings) {
        IgnoredPaths ignored = step.surroundings().ignored();
        if (ignored.hasExceptions()) {
            return;
        }
        switch (step.command()) {
            case Command.Copy copy -> {
                if (copy.line().flag("from").isEmpty()) {
                    report("Copy", copy.places(), step, findings);
                }
            }
            case Command.Add add -> report("Add", add.places(), step, findings);
            default -> {}
        }
    }

    private static void report(String verb, Command.Places places, Step step, Findings findings) {
        List<TracedWord> sources = step.words().subList(0, places.sources().size());
        for (TracedWord source : sources) {
            String path = clean(source.text());
            if (!isRemote(source.text()) && isIgnored(path, step.surroundings().ignored())) {
                findings.add(
                        Rule.COPY_IGNORED_FILE,
                        step.line(),
                        "Attempting to " + verb + " file " + GoText.quoted(path)
                                + " that is excluded by .dockerignore");
            }
        }
    }

    /// The whole context is only ignored by a pattern that takes everything.
    private static boolean isIgnored(String path, IgnoredPaths ignored) {
        return path.equals(".") ? ignored.ignoresAll() : ignored.ignores(path);
    }

    private static boolean isRemote(String source) {
        return source.matches("(?i)(?:https?|git|ssh)://.*|git@.*|github\\.com/.*");
    }

    private static String clean(String path) {
        String bare =
                path.replaceAll("/+", "/").replaceAll("(?:^|(?<=/))\\./", "").replaceAll("^/|/\\.?$", "");
        return bare.isEmpty() ? "." : bare;
    }
}
