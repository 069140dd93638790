package dev.longshore.builder.stage;

import dev.longshore.builder.cache.CacheSource;
import dev.longshore.builder.dockerfile.GoText;
import dev.longshore.builder.graph.NamedContexts;
import dev.longshore.images.Platform;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What whoever asked for a build wants of its stages.
///
/// @param arguments `--build-arg`s
/// @param labels put on the result
/// @param target the stage to stop after; the last if there is none
/// @param platform what the result shall run on; this machine without it
/// @param pull whether base images are looked for anew
/// @param noCache whether earlier builds count
/// @param rewriteTimestamp whether files in layers are made no newer than SOURCE_DATE_EPOCH
/// @param cacheSources where to look for steps that this machine does not know
/// @param contexts what names stand for, besides stages and images
/// @param run what RUN steps get
public record Wishes(
        Map<String, String> arguments,
        Map<String, String> labels,
        Optional<String> target,
        Optional<Platform> platform,
        boolean pull,
        NoCache noCache,
        boolean rewriteTimestamp,
        List<CacheSource> cacheSources,
        NamedContexts contexts,
        RunWishes run) {

    /// None.
    public static final Wishes NONE = new Wishes(
            Map.of(),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            false,
            NoCache.NEVER,
            false,
            List.of(),
            NamedContexts.NONE,
            RunWishes.USUAL);

    public Wishes {
        arguments = Map.copyOf(arguments);
        labels = Map.copyOf(labels);
        cacheSources = List.copyOf(cacheSources);
    }

    /// For which stages earlier builds do not count.
    ///
    /// @param stages by name, in lower case; none of them means none at all, unless `all`
    public record NoCache(boolean all, Set<String> stages) {

        /// Earlier builds always count.
        public static final NoCache NEVER = new NoCache(false, Set.of());

        /// Earlier builds never count.
        public static final NoCache ALWAYS = new NoCache(true, Set.of());

        public NoCache {
            stages =
                    stages.stream().map(stage -> stage.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
        }

        /// Only for `stages` earlier builds do not count.
        public static NoCache of(Set<String> stages) {
            return new NoCache(false, stages);
        }

        boolean concerns(String stage) {
            return all || stages.contains(stage);
        }
    }

    /// True if a repository that is the context keeps `.git` (BuildKit's argument; what is no boolean counts not).
    public boolean keepsGitDirectory() {
        return GoText.isTrue(arguments.getOrDefault("BUILDKIT_CONTEXT_KEEP_GIT_DIR", ""));
    }

    /// With one more `--build-arg`.
    public Wishes withArgument(String name, String value) {
        var more = new LinkedHashMap<>(arguments);
        more.put(name, value);
        return withArguments(more);
    }

    /// With these `--build-arg`s.
    public Wishes withArguments(Map<String, String> all) {
        return new Wishes(all, labels, target, platform, pull, noCache, rewriteTimestamp, cacheSources, contexts, run);
    }

    /// With these labels.
    public Wishes withLabels(Map<String, String> all) {
        return new Wishes(
                arguments, all, target, platform, pull, noCache, rewriteTimestamp, cacheSources, contexts, run);
    }

    /// Up to the stage `name`.
    public Wishes withTarget(String name) {
        return new Wishes(
                arguments,
                labels,
                Optional.of(name),
                platform,
                pull,
                noCache,
                rewriteTimestamp,
                cacheSources,
                contexts,
                run);
    }

    /// For `wanted`.
    public Wishes withPlatform(Platform wanted) {
        return new Wishes(
                arguments,
                labels,
                target,
                Optional.of(wanted),
                pull,
                noCache,
                rewriteTimestamp,
                cacheSources,
                contexts,
                run);
    }

    /// With base images looked for anew, or not.
    public Wishes withPull(boolean anew) {
        return new Wishes(
                arguments, labels, target, platform, anew, noCache, rewriteTimestamp, cacheSources, contexts, run);
    }

    /// Without what earlier builds did.
    public Wishes withNoCache(NoCache without) {
        return new Wishes(
                arguments, labels, target, platform, pull, without, rewriteTimestamp, cacheSources, contexts, run);
    }

    /// With files in layers no newer than SOURCE_DATE_EPOCH.
    public Wishes withRewrittenTimestamps() {
        return new Wishes(arguments, labels, target, platform, pull, noCache, true, cacheSources, contexts, run);
    }

    /// With steps from `sources` besides this machine's own.
    public Wishes withCacheSources(List<CacheSource> sources) {
        return new Wishes(arguments, labels, target, platform, pull, noCache, rewriteTimestamp, sources, contexts, run);
    }

    /// With these contexts besides the build's own.
    public Wishes withContexts(NamedContexts named) {
        return new Wishes(
                arguments, labels, target, platform, pull, noCache, rewriteTimestamp, cacheSources, named, run);
    }

    /// With RUN steps that get `other`.
    public Wishes withRun(RunWishes other) {
        return new Wishes(
                arguments, labels, target, platform, pull, noCache, rewriteTimestamp, cacheSources, contexts, other);
    }
}
