package dev.longshore.builder.stage;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.builder.cache.StepKey;
import dev.longshore.builder.cache.StepRecord;
import dev.longshore.builder.cache.UsedStep;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Platform;
import dev.longshore.images.RunConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An image in the making, between two steps. Immutable.
///
/// @param layers bottom first
/// @param untouched the base image, while nothing has been done to it
/// @param steps that this build took to come here from its base
record ImageState(ImageConfig config, List<Descriptor> layers, Optional<Image> untouched, List<UsedStep> steps) {

    ImageState {
        layers = List.copyOf(layers);
        steps = List.copyOf(steps);
    }

    static ImageState of(Image base) {
        return new ImageState(base.config(), base.manifest().layers(), Optional.of(base), List.of());
    }

    static ImageState empty(Platform platform) {
        return new ImageState(ImageConfig.empty(platform), List.of(), Optional.empty(), List.of());
    }

    /// What it would be called.
    Digest id() {
        return untouched.map(Image::id).orElseGet(() -> Digest.sha256(config.bytes()));
    }

    /// What it is: files and configuration. How and when it came about does not count.
    Digest digest() {
        MessageDigest sum = Digest.hasher("sha256");
        sum.update(("state 2\n" + config.platform() + "\n" + config.author() + "\n").getBytes(StandardCharsets.UTF_8));
        sum.update(Json.bytes(config.run().json()));
        for (Digest diffId : config.diffIds()) {
            sum.update(("\n" + diffId).getBytes(StandardCharsets.UTF_8));
        }
        return Digest.of("sha256", sum.digest());
    }

    /// Its topmost layer's chain id.
    Optional<Digest> chain() {
        List<Digest> chain = config.chainIds();
        return chain.isEmpty() ? Optional.empty() : Optional.of(chain.getLast());
    }

    /// Run in another way, without a step of its own.
    ImageState withRun(RunConfig run) {
        return new ImageState(config.withRun(run), layers, Optional.empty(), steps);
    }

    /// By another author, without a step of its own.
    ImageState by(String author) {
        return new ImageState(
                new ImageConfig(
                        config.platform(), config.created(), author, config.run(), config.diffIds(), config.history()),
                layers,
                Optional.empty(),
                steps);
    }

    /// After a step.
    ///
    /// @param createdBy what history says of it
    ImageState after(StepKey key, StepRecord step, String createdBy) {
        var done = new ArrayList<>(steps);
        done.add(new UsedStep(key, step));
        var history = new ArrayList<>(config.history());
        history.add(new ImageConfig.History(
                Optional.of(step.created()),
                createdBy,
                config.author(),
                "",
                step.layer().isEmpty()));
        var diffIds = new ArrayList<>(config.diffIds());
        var more = new ArrayList<>(layers);
        step.layer().ifPresent(made -> {
            diffIds.add(made.diffId());
            more.add(made.blob());
        });
        return new ImageState(
                new ImageConfig(
                        config.platform(),
                        Optional.of(step.created()),
                        config.author(),
                        config.run(),
                        diffIds,
                        history),
                more,
                Optional.empty(),
                done);
    }

    /// As if it had been made at `epoch`: nothing of it is newer.
    ImageState asOf(Instant epoch) {
        List<ImageConfig.History> history = config.history().stream()
                .map(entry -> new ImageConfig.History(
                        entry.created().map(at -> at.isAfter(epoch) ? epoch : at),
                        entry.createdBy(),
                        entry.author(),
                        entry.comment(),
                        entry.emptyLayer()))
                .toList();
        return new ImageState(
                new ImageConfig(
                        config.platform(),
                        Optional.of(epoch),
                        config.author(),
                        config.run(),
                        config.diffIds(),
                        history),
                layers,
                Optional.empty(),
                steps);
    }

    /// As an image for `platform`, if it was made for another one.
    ImageState forPlatform(Platform platform) {
        boolean isSame = config.platform().os().equals(platform.os())
                && config.platform().architecture().equals(platform.architecture());
        return isSame
                ? this
                : new ImageState(
                        new ImageConfig(
                                platform,
                                config.created(),
                                config.author(),
                                config.run(),
                                config.diffIds(),
                                config.history()),
                        layers,
                        Optional.empty(),
                        steps);
    }

    /// A manifest for finding its layers: its config is nowhere but here.
    Manifest.Image manifest() {
        return new Manifest.Image(
                MediaTypes.OCI_MANIFEST,
                Descriptor.of(MediaTypes.OCI_CONFIG, id(), config.bytes().length),
                layers,
                Optional.empty());
    }
}
