package dev.longshore.builder;

import dev.longshore.builder.checks.BaseFacts;
import dev.longshore.builder.checks.IgnoredPaths;
import dev.longshore.builder.checks.Surroundings;
import dev.longshore.builder.graph.Platforms;
import dev.longshore.builder.stage.IgnoreFile;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.Image;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/// What a build's Dockerfile is checked against: what is wished, and what is on this machine.
final class BuildChecks {

    private static final Set<String> EVERYTHING = Set.of("*", "**", "**/*");

    private BuildChecks() {}

    /// @param ignoreText of the `.dockerignore`; empty if there is none
    static Surroundings surroundings(
            LocalImages images, Wishes wishes, Platforms platforms, String ignoreText, IntPredicate concerned) {
        return new Surroundings(
                platforms,
                wishes.arguments(),
                wishes.target(),
                (name, platform) -> wishes.contexts().find(name, platform).isPresent()
                        ? Optional.empty()
                        : facts(images, name, platform),
                ignored(ignoreText),
                concerned);
    }

    /// Triggers of a base image may set variables: of such an image nothing is certain.
    private static Optional<BaseFacts.Facts> facts(LocalImages images, String name, Platform platform) {
        try {
            Optional<Image> image = images.images().find(name);
            return image.filter(found -> found.config().run().onBuild().isEmpty())
                    .map(Image::config)
                    .map(config ->
                            new BaseFacts.Facts(config.run().env(), config.run().shell(), config.platform()));
        } catch (ImageFaultException noName) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read the image " + name, unreadable);
        }
    }

    private static IgnoredPaths ignored(String text) {
        IgnoreFile file = IgnoreFile.parse(text);
        boolean ignoresAll = text.lines().map(String::strip).anyMatch(EVERYTHING::contains);
        return new IgnoredPaths() {
            @Override
            public boolean ignores(String path) {
                return file.ignores(path);
            }

            @Override
            public boolean hasExceptions() {
                return file.hasExceptions();
            }

            @Override
            public boolean ignoresAll() {
                return ignoresAll;
            }
        };
    }
}
