package dev.longshore.builder.mounts;

import dev.longshore.base.Digest;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.Origin;
import dev.longshore.builder.stage.SourceTree;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Optional;

/// Where a RUN line's mounts come from and go to.
record MountPlace(Line line, Build build) {

    /// Files to mount.
    ///
    /// @param path absolute within the tree, no link in it
    /// @param sum of their content
    record Source(SourceTree tree, String path, String sum) {}

    /// Where the image has `written`, from the working directory, links followed.
    String target(String written) throws IOException, InterruptedException {
        String base = build.stage().run().workingDirectory();
        String resolved = build.stage().tree().resolve(written.startsWith("/") ? written : base + "/" + written);
        if (written.isEmpty() || resolved.equals("/")) {
            throw line.wrong("invalid mount target \"" + (written.isEmpty() ? "/" : written) + "\"");
        }
        return resolved;
    }

    /// The files at `path` of the stage, context or image `from`, or of the build's context.
    Source source(Optional<String> from, String path) throws IOException, InterruptedException {
        if (climbs(path)) {
            throw line.wrong("mount source \"" + path + "\" is outside of "
                    + from.map(name -> "\"" + name + "\"").orElse("the build context"));
        }
        Origin origin = build.origin(line, from);
        SourceTree tree = origin.files();
        Optional<SourceTree.Entry> found = found(tree, from, path);
        String place = pathOf(found);
        String sum = origin.keepsOwners()
                ? build.tools().sums().of(origin.chain(), place, () -> sum(tree, found, true))
                : sum(tree, found, false);
        return new Source(tree, place, sum);
    }

    /// Empty for the root of a tree without any layer.
    private Optional<SourceTree.Entry> found(SourceTree tree, Optional<String> from, String path) throws IOException {
        Optional<SourceTree.Entry> found = tree.at("/" + path);
        if (found.isEmpty() && !path.replace("/", "").replace(".", "").isEmpty()) {
            throw line.wrong("failed to compute cache key: \"/" + path.replaceAll("^/+", "") + "\": not found"
                    + from.map(name -> " in \"" + name + "\"").orElse(" in the build context"));
        }
        return found;
    }

    private static String pathOf(Optional<SourceTree.Entry> found) {
        return found.map(SourceTree.Entry::path).orElse("/");
    }

    private static String sum(SourceTree tree, Optional<SourceTree.Entry> found, boolean withOwners)
            throws IOException {
        MessageDigest sum = Digest.hasher("sha256");
        if (found.isPresent()) {
            tree.digest(found.get(), "", withOwners, sum);
        }
        return Digest.of("sha256", sum.digest()).hex();
    }

    private static boolean climbs(String path) {
        int depth = 0;
        for (String component : path.split("/", -1)) {
            depth += component.equals("..") ? -1 : component.isEmpty() || component.equals(".") ? 0 : 1;
            if (depth < 0) {
                return true;
            }
        }
        return false;
    }
}
