package dev.longshore.builder;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.DockerfileParser;
import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.instructions.Instructions;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.builder.stage.Build;
import dev.longshore.builder.stage.IgnoreFile;
import dev.longshore.builder.stage.SourceTree;
import dev.longshore.builder.stage.StepCache;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MergedTree;
import dev.longshore.images.Reference;
import dev.longshore.runtime.OneShot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Builds images from Dockerfiles. Thread-safe: builds run side by side and share the cache.
public final class Builder {

    private static final long LARGEST_DOCKERFILE = 4 << 20;

    private final LocalImages images;
    private final StepCache cache;
    private final Build.Tools tools;

    /// Builds into `images`; RUN steps go through `oneShot`, absent base images through `bases`.
    public Builder(LocalImages images, OneShot oneShot, BaseSource bases, Time time) {
        this.images = images;
        this.cache = new StepCache(images.layout().build().resolve("cache"));
        this.tools = new Build.Tools(images, oneShot, cache, bases, time);
    }

    /// Reads the cache, and keeps what it needs from the collector.
    public void start() throws IOException {
        cache.start();
        images.collector().addNeeds(cache::needs);
    }

    /// Forgets every cached step; what only they needed goes with the next collection.
    public int forgetCache() throws IOException {
        return cache.clear();
    }

    /// Unpacks a context, a tar archive, compressed or not, to build from; [#discard] it afterwards.
    ///
    /// @throws DockerfileException when it is none, or a hostile one
    public Path receive(InputStream context) throws IOException {
        Path staged = images.layers().stage("context");
        boolean isDone = false;
        try {
            images.layers().unpackFiles(context, staged);
            isDone = true;
            return staged;
        } catch (ImageFaultException hostile) {
            throw new DockerfileException("build context", 0, hostile.getMessage(), 1, hostile);
        } finally {
            if (!isDone) {
                images.layers().discard(staged);
            }
        }
    }

    /// Deletes a context that was received.
    public void discard(Path context) throws IOException {
        images.layers().discard(context);
    }

    /// Builds from the directory `context`, which is only read. Tells `out` what happens, as Docker's classic
    /// builder does. Interrupting the thread cancels and leaves nothing half done.
    ///
    /// @throws DockerfileException when the Dockerfile is wrong or a step fails
    public Built build(BuildRequest request, Path context, Consumer<String> out)
            throws IOException, InterruptedException {
        List<Reference> tags = request.tags().stream()
                .map(Reference::parse)
                .map(Reference::withDefaultTag)
                .toList();
        MergedTree files = images.layers().merged(List.of(context));
        String file = request.dockerfile();
        String text = read(files, file)
                .orElseThrow(
                        () -> new DockerfileException(file, 0, "Cannot locate specified Dockerfile: " + file, 1, null));
        List<Line> lines =
                withLabels(request, upTo(request, DockerfileParser.parse(file, text, Instructions.keywords())));
        var source = new SourceTree(files, ignoreFile(files, file));
        Consumer<String> say = request.quiet() ? quiet -> {} : out;
        var wishes = new Build.Wishes(
                request.arguments(), request.labels(), !request.noCache(), request.pull(), request.hostNetwork());
        try (Leases.Lease lease = images.content().leases().open()) {
            var build = new Build(tools, wishes, source, lease, say);
            run(build, lines);
            return finish(build, tags, request.quiet(), out);
        }
    }

    private void run(Build build, List<Line> lines) throws IOException, InterruptedException {
        int step = 0;
        for (Line line : lines) {
            if (Thread.interrupted()) {
                throw new InterruptedException("the build was cancelled");
            }
            build.say("Step " + ++step + "/" + lines.size() + " : " + line.text() + "\n");
            if (build.isBeforeFirstStage()
                    && !line.keyword().equals("FROM")
                    && !line.keyword().equals("ARG")) {
                throw line.wrong("no build stage in current context: a Dockerfile begins with FROM");
            }
            apply(build, line);
            for (Optional<String> next = build.nextTrigger(); next.isPresent(); next = build.nextTrigger()) {
                for (Line trigger :
                        DockerfileParser.parse(line.file() + " ONBUILD", next.get(), Instructions.keywords())) {
                    apply(build, trigger);
                }
            }
            if (!build.isBeforeFirstStage()) {
                build.say(" ---> " + build.stage().id().shortHex() + "\n");
            }
        }
        if (build.isBeforeFirstStage()) {
            throw lines.getLast().wrong("no build stage in current context");
        }
        if (!build.unconsumed().isEmpty()) {
            build.say("[Warning] One or more build-args " + build.unconsumed() + " were not consumed\n");
        }
    }

    private static void apply(Build build, Line line) throws IOException, InterruptedException {
        try {
            Instructions.of(line.keyword()).apply(line, build);
        } catch (ImageFaultException fault) {
            throw new DockerfileException(line.file(), line.number(), fault.getMessage(), 1, fault);
        } catch (IllegalArgumentException wrong) {
            throw new DockerfileException(line.file(), line.number(), wrong.getMessage(), 1, wrong);
        }
    }

    private Built finish(Build build, List<Reference> tags, boolean quiet, Consumer<String> out) throws IOException {
        Digest target = build.stage().assemble();
        Digest id = build.stage().id();
        if (tags.isEmpty()) {
            images.images().add("", target);
        }
        build.say("Successfully built " + id.shortHex() + "\n");
        for (Reference tag : tags) {
            images.images().tag(tag, target);
            build.say("Successfully tagged " + tag.familiar() + "\n");
        }
        if (quiet) {
            out.accept(id + "\n");
        }
        return new Built(id, target, tags);
    }

    /// Labels from the command line come as one more step, as if the Dockerfile ended with them.
    private static List<Line> withLabels(BuildRequest request, List<Line> lines) {
        if (request.labels().isEmpty()) {
            return lines;
        }
        String text = new TreeMap<>(request.labels())
                .entrySet().stream()
                        .map(label -> quoted(label.getKey()) + "=" + quoted(label.getValue()))
                        .collect(Collectors.joining(" "));
        Line last = lines.getLast();
        var more = new ArrayList<>(lines);
        more.add(last.following("LABEL", text));
        return more;
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static List<Line> upTo(BuildRequest request, List<Line> lines) {
        if (request.target().filter(name -> !name.isEmpty()).isEmpty()) {
            return lines;
        }
        String target = request.target().get().toLowerCase(Locale.ROOT);
        int stage = -1;
        boolean isFound = false;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).keyword().equals("FROM")) {
                if (isFound) {
                    return lines.subList(0, i);
                }
                stage++;
                List<String> words = lines.get(i).fields();
                isFound = target.equals(String.valueOf(stage))
                        || words.size() == 3 && words.get(2).equalsIgnoreCase(target);
            }
        }
        if (!isFound) {
            throw new DockerfileException(
                    request.dockerfile(), 0, "failed to reach build target " + target + " in Dockerfile");
        }
        return lines;
    }

    private static IgnoreFile ignoreFile(MergedTree files, String dockerfile) throws IOException {
        Optional<String> own = read(files, dockerfile + ".dockerignore");
        return (own.isPresent() ? own : read(files, ".dockerignore"))
                .map(IgnoreFile::parse)
                .orElse(IgnoreFile.NONE);
    }

    private static Optional<String> read(MergedTree files, String path) throws IOException {
        Optional<Path> place = files.find(files.resolve(path));
        if (place.isEmpty() || !Files.isRegularFile(place.get(), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (Files.size(place.get()) > LARGEST_DOCKERFILE) {
            throw new DockerfileException(path, 0, "larger than " + LARGEST_DOCKERFILE + " bytes");
        }
        return Optional.of(new String(Files.readAllBytes(place.get()), StandardCharsets.UTF_8));
    }
}
