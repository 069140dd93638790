package dev.longshore.builder.stage;

import dev.longshore.base.Digest;
import dev.longshore.builder.cache.CacheSource;
import dev.longshore.builder.cache.StepKey;
import dev.longshore.builder.cache.StepRecord;
import dev.longshore.images.Layers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Takes a step from one image state to the next: by what an earlier build knows, by what another build is just
/// doing, or by doing it.
final class StepWork {

    private static final Digest NOTHING = Digest.sha256(new byte[0]);

    private final Build build;

    StepWork(Build build) {
        this.build = build;
    }

    /// A step that changes only the configuration: what it comes to is known; when it was first done is what the
    /// cache adds.
    ImageState configure(ImageState before, String createdBy, ImageState changed)
            throws IOException, InterruptedException {
        StepKey key = StepKey.of(before.digest(), createdBy, changed.digest().toString());
        return changed.after(key, once(key, () -> configured(key, createdBy)), createdBy);
    }

    private StepRecord configured(StepKey key, String createdBy) throws IOException, InterruptedException {
        Optional<StepRecord> known = known(key);
        Optional<StepRecord> found = known.isPresent() || !build.usesCache() ? known : imported(key);
        if (found.isPresent()) {
            build.step().cached();
            return found.get();
        }
        var fresh = new StepRecord(now(), createdBy, Optional.empty());
        build.session().cache().remember(key, fresh);
        return fresh;
    }

    /// A step that writes a layer.
    ImageState layer(ImageState before, String createdBy, String inputs, Stage.Filling filling)
            throws IOException, InterruptedException {
        StepKey key = StepKey.of(before.digest(), meaning(createdBy), inputs);
        var task = new Task(key, before, true, createdBy, filling);
        return before.after(key, once(key, () -> obtain(task)), createdBy);
    }

    /// A step that writes a layer of its own, whatever is below.
    ImageState linked(ImageState before, String createdBy, String inputs, Stage.Filling filling)
            throws IOException, InterruptedException {
        StepKey key = StepKey.of(NOTHING, meaning(createdBy), inputs);
        var task = new Task(key, before, false, createdBy, filling);
        ImageState after = before.after(key, once(key, () -> obtain(task)), createdBy);
        after.chain().ifPresent(build.session().lease()::keep);
        return after;
    }

    /// What another platform or stage of this build does, or has done, is not done again.
    private StepRecord once(StepKey key, OwnSteps.Doing doing) throws IOException, InterruptedException {
        OwnSteps.Outcome outcome = build.session().steps().once(key, build.usesCache(), doing);
        if (outcome.isTaken()) {
            build.step().cached();
        }
        return outcome.record();
    }

    /// A layer to be made.
    ///
    /// @param seesBelow whether what is below is there while it is made
    private record Task(StepKey key, ImageState before, boolean seesBelow, String createdBy, Stage.Filling filling) {}

    private String meaning(String createdBy) {
        return rewritesTo()
                .map(epoch -> createdBy + "\nnothing newer than " + epoch)
                .orElse(createdBy);
    }

    private Optional<Instant> rewritesTo() {
        return build.rewritesTimes() ? build.session().epoch() : Optional.empty();
    }

    private StepRecord obtain(Task task) throws IOException, InterruptedException {
        StepKey key = task.key();
        if (!build.usesCache()) {
            return make(task);
        }
        Consumer<String> log = build.step()::log;
        while (true) {
            Optional<StepRecord> known = known(key);
            if (known.isPresent()) {
                build.step().cached();
                return known.get();
            }
            Optional<StepRecord> done = build.tools().steps().run(key, log, said -> {
                // Somebody may have done it since we looked.
                Optional<StepRecord> since = known(key);
                Optional<StepRecord> found = since.isPresent() ? since : imported(key);
                if (found.isPresent()) {
                    build.step().cached();
                    return found.get();
                }
                return made(task, said);
            });
            if (done.isPresent() && isHere(done.get())) {
                known(key); // Ours as well from now on: it stays while this build runs.
                return done.get();
            }
        }
    }

    private StepRecord made(Task task, Consumer<String> said) throws IOException, InterruptedException {
        Consumer<String> own = build.redirect(said);
        try {
            return make(task);
        } finally {
            build.redirect(own);
        }
    }

    private StepRecord make(Task task) throws IOException, InterruptedException {
        Layers store = build.tools().images().layers();
        List<Path> lowers = new ArrayList<>(task.seesBelow() ? directories(task.before()) : List.of());
        build.tools().turns().acquire();
        Path staged = store.stage("step");
        try {
            Path upper = Files.createDirectory(staged.resolve("upper"));
            Files.setAttribute(upper, "unix:mode", 0755);
            Path work = Files.createDirectory(staged.resolve("work"));
            if (lowers.isEmpty()) {
                lowers.add(Files.createDirectory(staged.resolve("nothing")));
            }
            task.filling().fill(upper, work, List.copyOf(lowers));
            if (Thread.interrupted()) {
                throw new InterruptedException("the build was cancelled");
            }
            StepRecord record = commit(upper, task.before(), task.createdBy());
            build.session().cache().remember(task.key(), record);
            return record;
        } finally {
            store.discard(staged);
            build.tools().turns().release();
        }
    }

    private StepRecord commit(Path upper, ImageState before, String createdBy) throws IOException {
        Optional<Instant> latest = rewritesTo();
        if (latest.isPresent()) {
            Epoch.rewrite(upper, latest.get());
        }
        Layers.Written written = build.tools()
                .images()
                .layers()
                .commit(upper, before.chain(), build.session().lease());
        return new StepRecord(
                now(),
                createdBy,
                Optional.of(new StepRecord.MadeLayer(
                        written.descriptor(), written.diffId(), written.chainId(), written.bytes())));
    }

    private Optional<StepRecord> known(StepKey key) {
        return build.usesCache() ? build.session().cache().find(key).filter(this::isHere) : Optional.empty();
    }

    private Optional<StepRecord> imported(StepKey key) throws IOException, InterruptedException {
        for (CacheSource source : build.wishes().cacheSources()) {
            Optional<StepRecord> found =
                    source.find(key, build.session().lease()).filter(this::isHere);
            if (found.isPresent()) {
                build.session().cache().remember(key, found.get());
                return found;
            }
        }
        return Optional.empty();
    }

    /// Content first, question afterwards: what is kept now is not collected any more.
    private boolean isHere(StepRecord record) {
        if (record.layer().isEmpty()) {
            return true;
        }
        StepRecord.MadeLayer layer = record.layer().get();
        build.session().lease().keep(layer.blob().digest());
        build.session().lease().keep(layer.chainId());
        return build.tools().images().content().has(layer.blob().digest());
    }

    /// Keeps all that `state` is made of for as long as the build runs.
    void hold(ImageState state) {
        state.layers().forEach(layer -> build.session().lease().keep(layer.digest()));
        state.config()
                .chainIds()
                .forEach((Digest chain) -> build.session().lease().keep(chain));
    }

    /// The directories of `state`, topmost first.
    List<Path> directories(ImageState state) throws IOException, InterruptedException {
        return state.layers().isEmpty()
                ? List.of()
                : build.tools().images().layers().directories(state.manifest(), state.config());
    }

    private Instant now() {
        return build.tools().time().now().truncatedTo(ChronoUnit.MILLIS);
    }
}
